using System.CommandLine;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

internal static class EmbedCommand
{
    public static Command Create(CliSession session)
    {
        var options = new StepOptions();
        var command = new Command("embed", "Embed all videos and users with a run's model into video_embeddings.parquet and user_embeddings.parquet");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, StepOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var runner = new StepRunner(session, options);
        if (await runner.RunAsync(services, parsed, [Stages.EmbedVideos.Name, Stages.EmbedUsers.Name], cancellationToken) is not { } steps)
            return ExitCodes.Rejected;

        var (videos, users) = (steps.Result(Stages.EmbedVideos), steps.Result(Stages.EmbedUsers));
        await runner.CopyAsync(services, parsed, [videos.File, users.File], cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(new { videos, users })
            : $"{steps.RunId}: {videos.Rows} videos and {users.Rows} users, {videos.Dim} wide");
        return ExitCodes.Done;
    }
}
