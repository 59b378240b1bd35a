using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Dataset;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Tests.Cli;
using Retraining.Tests.Postgres;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Documentation;

/// <summary>What <c>docs/sources.md</c> says is true.</summary>
public sealed partial class SourceGuideTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
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

    [Theory]
    [InlineData("files")]
    [InlineData("postgres")]
    [InlineData("supabase")]
    [InlineData("reviews")]
    public void Guide_OfASource_SaysAllOfItOnAPage(string title)
    {
        var guide = Text.Split($"\n## {title}\n")[1].Split("\n## ")[0].Split("\n### ")[0];
        Assert.InRange(guide.Split('\n').Length, 25, 75);
        string[] parts = ["```sh", "**Needs**", "| setting | is |", "**Made sure.**", "| it says | do |"];
        Assert.All(parts, part => Assert.Contains(part, guide, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Settings_InGuide_AreThere()
    {
        var all = (await _cli.RunAsync("settings", "--defaults")).Out;
        var told = Told();
        Assert.True(told.Length > 20);
        Assert.All(told, setting => Assert.Matches($@"(?s)\n{setting.Section}:\n(?:(?!\n\w).)*?\n?  {setting.Name}:", all));
    }

    [Fact]
    public void Guide_OfTheDataContract_TellsEveryLimit() => Assert.Equal(
        typeof(ContractSettings).GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)).Order(StringComparer.Ordinal),
        Told().Where(setting => setting.Section == "contract").Select(setting => setting.Name).Order(StringComparer.Ordinal));

    [PostgresFact]
    public async Task Rights_InGuide_AreEnough()
    {
        var role = "u" + Guid.NewGuid().ToString("N");
        var connection = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        await using (var sample = new FolderSource(await _cli.SampleAsync()))
            await new PostgresLoader(postgres.Database).LoadAsync(sample, replace: true);
        await postgres.ExecuteAsync($"revoke all on schema public from public; create role {role} login password 'not-a-secret'");
        try
        {
            await postgres.ExecuteAsync(Text.Split("<!-- rights:begin -->")[1].Split("<!-- rights:end -->")[0]
                .Replace("```sql", "", StringComparison.Ordinal).Replace("```", "", StringComparison.Ordinal).Replace("USER", role, StringComparison.Ordinal));
            (connection.Username, connection.Password, connection.Pooling) = (role, "not-a-secret", false);
            await using var pool = NpgsqlDataSource.Create(connection.ConnectionString);
            Assert.Equal(150, (await new SyncRun().FromAsync(new PostgresSource(pool))).VideoCount);
        }
        finally
        {
            await postgres.ExecuteAsync($"drop owned by {role} cascade; drop role {role}");
        }
    }

    [Fact]
    public void Messages_InGuide_AreThoseOfTheCode()
    {
        var code = string.Concat(Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => file.Contains("Source", StringComparison.Ordinal) || file.Contains("Supabase", StringComparison.Ordinal)).Select(File.ReadAllText));
        var told = Message().Matches(Text).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(told.Length > 15);
        Assert.All(told, message => Assert.Contains(message, code, StringComparison.Ordinal));
    }

    [GeneratedRegex("^retrain (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    private static (string Section, string Name)[] Told() =>
        [.. Setting().Matches(Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Distinct()];

    [GeneratedRegex(@"`(source|contract)\.(?!json`)([a-z_]+)[`:]")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| `([^`]*[a-z] [^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Message();
}
