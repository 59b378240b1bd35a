using System.CommandLine;

namespace Retraining.Cli.Steps;

internal static class EmbedCommand
{
    public static Command Create(CliSession session) => StepCommand.Create(
        session,
        "embed",
        "Embed all videos and users with a run's model into video_embeddings.parquet and user_embeddings.parquet",
        [Stages.EmbedVideos.Name, Stages.EmbedUsers.Name],
        Answer);

    private static StepAnswer Answer(StepContext steps)
    {
        var (videos, users) = (steps.Result(Stages.EmbedVideos), steps.Result(Stages.EmbedUsers));
        return new([videos.File, users.File], new { videos, users }, $"{steps.RunId}: {videos.Rows} videos and {users.Rows} users, {videos.Dim} wide");
    }
}
