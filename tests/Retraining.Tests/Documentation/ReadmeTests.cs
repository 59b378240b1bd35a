using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Execution;

namespace Retraining.Tests.Documentation;

/// <summary>The README is true. Its tables are written from the code: set UPDATE_README=1 and run these tests to write them again.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string File = Path.Combine(RepositoryFolder.Path, "README.md");

    [Fact]
    public void Stages_InReadme_AreThoseOfTheCode()
    {
        var table = new StringBuilder("| stage | does | work | tries | limit |\n|---|---|---|---|---|\n");
        foreach (var stage in Stages.All)
            table.Append(CultureInfo.InvariantCulture, $"| `{stage.Name}` | {stage.Title} | {Word(stage.Work)} | {stage.Retry.MaxAttempts} | {Limit(stage.TimeLimit)} |\n");

        AssertBlock("stages", table.ToString());
    }

    [Fact]
    public void Commands_InReadme_AreThoseOfTheCode()
    {
        var session = new CliSession(new CliStreams(TextWriter.Null, TextWriter.Null, Live: false), new Hashtable(), new CommonOptions());
        var table = new StringBuilder("| command | does |\n|---|---|\n");
        foreach (var command in RetrainCommands.Create(session).Subcommands)
            table.Append(CultureInfo.InvariantCulture, $"| `retrain {command.Name}` | {command.Description} |\n");

        AssertBlock("cli", table.ToString());
    }

    [Fact]
    public void ExitCodes_InReadme_AreThoseOfTheCode()
    {
        var readme = System.IO.File.ReadAllText(File);
        var codes = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!).ToArray();
        var told = ExitCodeRow().Matches(readme).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();

        Assert.Equal(codes.Order(), told.Order());
    }

    [Fact]
    public void Links_InReadme_LeadSomewhere()
    {
        var dead = Link().Matches(System.IO.File.ReadAllText(File))
            .Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.StartsWith("http", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(RepositoryFolder.Path, target)));

        Assert.Empty(dead);
    }

    [Fact]
    public void Folders_InReadme_AreThere()
    {
        var told = FolderRow().Matches(System.IO.File.ReadAllText(File)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(told);
        Assert.All(told, folder => Assert.True(Directory.Exists(Path.Combine(RepositoryFolder.Path, folder)), $"{folder} is in the README's layout, expected the folder to be there"));
        Assert.Equal(
            Directory.GetDirectories(Path.Combine(RepositoryFolder.Path, "src")).Select(folder => "src/" + Path.GetFileName(folder)).Order(StringComparer.Ordinal),
            told.Where(folder => folder.StartsWith("src/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Scripts_InReadme_CanBeRun()
    {
        foreach (var script in Script().Matches(System.IO.File.ReadAllText(File)).Select(match => match.Groups[1].Value).Distinct())
            Assert.True((System.IO.File.GetUnixFileMode(Path.Combine(RepositoryFolder.Path, script)) & UnixFileMode.UserExecute) != 0, $"./{script} is not executable");
    }

    private static void AssertBlock(string name, string expected)
    {
        var readme = System.IO.File.ReadAllText(File);
        string begin = $"<!-- {name}:begin -->\n", end = $"<!-- {name}:end -->";
        int from = readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length, to = readme.IndexOf(end, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
            System.IO.File.WriteAllText(File, readme[..from] + expected + readme[to..]);
        else
            Assert.Equal(expected, readme[from..to]);
    }

    private static string Word(WorkKind work) => work.ToString().ToLowerInvariant();

    private static string Limit(TimeSpan limit) =>
        limit >= TimeSpan.FromHours(1) ? $"{limit.TotalHours:0} h" : $"{limit.TotalMinutes:0} min";

    [GeneratedRegex(@"^\| (\d+) \| ", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `((?:src|tests|infra|config|docs|samples)(?:/[A-Za-z./]+)?)` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();

    [GeneratedRegex(@"^\./([a-z]+)\b", RegexOptions.Multiline)]
    private static partial Regex Script();
}
