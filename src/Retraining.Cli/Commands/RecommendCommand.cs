using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Serving;
using Retraining.Source;
using Spectre.Console;

namespace Retraining.Cli.Commands;

internal static class RecommendCommand
{
    private const int MaxCount = 1000;

    public static Command Create(CliSession session)
    {
        var user = new Option<string?>("--user") { Description = "Id of the user", HelpName = "ID" };
        var users = new Option<int>("--users") { Description = "Some users instead of one", HelpName = "N" };
        var count = new Option<int>("-k") { Description = "Videos for each", HelpName = "K", DefaultValueFactory = _ => 10 };
        var command = new Command("recommend", "Ask what users would be recommended now") { user, users, count };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(session, parsed.GetValue(user), parsed.GetValue(users), parsed.GetValue(count), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? user, int users, int count, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (user is null == users <= 0)
            throw new UsageException("expected --user ID or --users N (1 or more)");
        if (count is < 1 or > MaxCount)
            throw new UsageException($"-k {count}, expected 1 to {MaxCount}");

        await using var services = session.Compose(parsed);
        await using var index = services.GetRequiredService<OpenVectorIndex>()(services.GetRequiredService<RetrainingSettings>().Serving);
        IReadOnlyList<string> asked = user is not null ? [RowIds.Normalise(user)] : await index.ListUsersAsync(users, cancellationToken);
        if (asked.Count == 0)
            throw new IOException($"{index.Location}: no user has an embedding, expected a live version; `retrain run` makes one");

        var ids = new IndexedUserIds(services.GetRequiredService<ReadPseudonymKey>());
        var lists = new List<RecommendationList>();
        foreach (var id in asked)
            lists.Add(await index.RecommendAsync(id, ids.PseudonymOf(id), count, cancellationToken));

        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(lists));
        else
            Write(lists, session.Streams.Out);
        return ExitCodes.Done;
    }

    private static void Write(List<RecommendationList> lists, TextWriter writer)
    {
        var console = Tables.Console(writer);
        foreach (var list in lists)
        {
            var basis = list.Personal ? $"version {list.Version}" : "unknown user, so what is popular";
            console.WriteLine($"User {list.UserId} ({basis})");
            if (list.Items.Count == 0)
            {
                console.WriteLine("  nothing: no video of this version is among the service's active ones and not yet decided on");
                continue;
            }

            var table = Tables.With(">#", "video", "title", ">score");
            foreach (var item in list.Items)
                table.Row($"{item.Rank}", item.VideoId, item.Title ?? "", $"{item.Score:F4}");
            console.Write(table);
        }
    }
}
