using System.Collections;
using System.Text.RegularExpressions;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Tests.Cli;

namespace Retraining.Tests.Documentation;

/// <summary>What <c>docs/sources.md</c> says is true.</summary>
public sealed partial class SourceGuideTests : IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "sources.md"));

    private readonly CliFixture _cli = new();

    public static TheoryData<string> Commands => [.. Command().Matches(Text).Select(match => match.Groups[1].Value)];

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_InGuide_IsUnderstood(string command)
    {
        var session = new CliSession(new CliStreams(TextWriter.Null, TextWriter.Null, Live: false), new Hashtable(), new CommonOptions());
        Assert.Empty(RetrainCommands.Create(session).Parse(command).Errors);
    }

    [Theory]
    [InlineData("sample ")]
    [InlineData("plan ")]
    public async Task Command_InGuide_DoesWhatItSays(string beginning)
    {
        var folder = beginning == "plan " ? await _cli.SampleAsync() : _cli.PathOf("sample");
        var command = Command().Matches(Text).Select(match => match.Groups[1].Value).Single(text => text.StartsWith(beginning, StringComparison.Ordinal));
        var result = await _cli.RunAsync(command.Replace(" sample", $" {folder}", StringComparison.Ordinal).Split(' '));
        Assert.Equal(0, result.Code);
        Assert.True(File.Exists(Path.Combine(folder, "profiles.json")));
    }

    [Fact]
    public async Task Settings_InGuide_AreThere()
    {
        var all = (await _cli.RunAsync("settings", "--defaults")).Out;
        var told = Setting().Matches(Text).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(told);
        Assert.All(told, name => Assert.Matches($@"(?m)^  {name}:", all));
    }

    [Fact]
    public void Messages_InGuide_AreThoseOfTheCode()
    {
        var code = string.Concat(Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => file.Contains("Source", StringComparison.Ordinal) || file.Contains("Supabase", StringComparison.Ordinal)).Select(File.ReadAllText));
        var told = Message().Matches(Text).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(told.Length > 10);
        Assert.All(told, message => Assert.Contains(message, code, StringComparison.Ordinal));
    }

    [GeneratedRegex("^retrain (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"`(?:source|contract)\.(?!json`)([a-z_]+)`")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| `([^`]*[a-z] [^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Message();
}
