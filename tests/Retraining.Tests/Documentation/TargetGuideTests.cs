using System.Collections;
using System.Text.RegularExpressions;
using Npgsql;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Cli;
using Retraining.Tests.Postgres.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Documentation;

/// <summary>What <c>docs/targets.md</c> says is true.</summary>
public sealed partial class TargetGuideTests : IAsyncLifetime, IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "targets.md"));

    private readonly CliFixture _cli = new();
    private readonly ServedDatabase _database = new();

    public static TheoryData<string> Commands => [.. Command().Matches(Text).Select(match => match.Groups[1].Value)];

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        if (LocalServer.Postgres.Reason is null)
        {
            await _database.ExecuteAsync("""
                create table profiles (user_id uuid primary key);
                create table video_tags (video_id uuid, tag_name text);
                create table video_performers (video_id uuid, performer_name text)
                """);
        }
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_InGuide_IsUnderstood(string command)
    {
        var session = new CliSession(new CliStreams(TextWriter.Null, TextWriter.Null, Live: false), new Hashtable(), new CommonOptions());
        Assert.Empty(RetrainCommands.Create(session).Parse(command).Errors);
    }

    [Theory]
    [InlineData("A folder")]
    [InlineData("Azure Blob Storage")]
    [InlineData("Supabase Storage")]
    [InlineData("pgvector by generations")]
    [InlineData("pgvector in place")]
    public void Guide_OfATarget_SaysAllOfItOnAPage(string title)
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
        var told = Setting().Matches(Text).Select(match => (Section: match.Groups[1].Value, Name: match.Groups[2].Value)).Distinct().ToArray();
        Assert.True(told.Length > 10);
        Assert.All(told, setting => Assert.Matches($@"(?s)\n{setting.Section}:\n(?:(?!\n\w).)*?\n  {setting.Name}:", all));
    }

    [Fact]
    public void Messages_InGuide_AreThoseOfTheCode()
    {
        var files = Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "infra", "sql")))
            .Append(Path.Combine(RepositoryFolder.Path, "tests", "Retraining.Tests", "Supabase", "StorageReplies.cs")); // what the service itself says
        var code = string.Concat(files.Select(File.ReadAllText));
        var told = Message().Matches(Text).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(told.Length > 10);
        Assert.All(told, message => Assert.Contains(message, code, StringComparison.Ordinal));
    }

    [PostgresTheory]
    [InlineData("generations")]
    [InlineData("in-place")]
    public async Task Rights_InGuide_AreEnough(string mode)
    {
        var role = "u" + Guid.NewGuid().ToString("N");
        var connection = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await _database.ExecuteAsync($"create role {role} login password 'not-a-secret'");
        try
        {
            await _database.ExecuteAsync(Between("rights").Replace("```sql", "", StringComparison.Ordinal).Replace("```", "", StringComparison.Ordinal)
                .Replace("DATABASE", connection.Database, StringComparison.Ordinal).Replace("USER", role, StringComparison.Ordinal));
            (connection.Username, connection.Password, connection.Pooling) = (role, "not-a-secret", false);
            await using var pool = NpgsqlDataSource.Create(connection.ConnectionString);
            await using var index = new PgVectorIndex(pool, new ServingSettings { Mode = mode }, _database.Time);
            foreach (var version in new[] { Generations.First, Generations.Second })
            {
                await Generations.LoadBothAsync(index, version);
                await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
            }

            Assert.Equal("Title 3", (await index.RecommendAsync(Generations.Ann.ToString(), null, 1, CancellationToken.None)).Items[0].Title);
        }
        finally
        {
            await _database.ExecuteAsync($"drop owned by {role} cascade; drop role {role}");
        }
    }

    [PostgresFact]
    public async Task Objects_InGuide_AreAllThatServingInPlaceTouches()
    {
        await _database.ExecuteAsync("create extension vector");
        var before = await ObjectsAsync();
        await using var index = _database.Open(new ServingSettings { Mode = "in-place" });
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        var touched = (await ObjectsAsync()).Except(before).Select(name => name.Replace(Generations.First, "<version>", StringComparison.Ordinal));

        var told = Row().Matches(Between("touched"))
            .SelectMany(row => Name().Matches(row.Groups[2].Value).Select(name => $"{row.Groups[1].Value}.{name.Groups[1].Value}"));
        Assert.Equal(told.Order(StringComparer.Ordinal), touched.Order(StringComparer.Ordinal));
    }

    /// <summary>Tables, and functions that are not inner ones.</summary>
    private Task<string[]> ObjectsAsync() => _database.ScalarAsync<string[]>("""
        select array_agg(name) from (
          select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
          union select distinct n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where n.nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')) o
        """);

    private static string Between(string mark) => Text.Split($"<!-- {mark}:begin -->")[1].Split($"<!-- {mark}:end -->")[0];

    [GeneratedRegex("^retrain (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"`(publish|serving|engine|source|training)\.([a-z_]+)[`:]")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| `([^`]*[a-z] [^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
