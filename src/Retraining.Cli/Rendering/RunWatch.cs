using Retraining.Operations;

namespace Retraining.Cli.Rendering;

/// <summary>Shows a run while it goes on, wherever it is carried.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Until <paramref name="until"/> has ended.</summary>
    public static async Task FollowAsync(IRunClient runs, string runId, CliStreams streams, TimeProvider time, Task until)
    {
        await using IRunView view = streams.Live ? new LiveRunView(streams.Error, time) : new PlainRunView(streams.Error, time);
        while (!until.IsCompleted)
        {
            await ShowAsync(runs, runId, view);
            await Task.WhenAny(until, Task.Delay(Interval, time));
        }

        await ShowAsync(runs, runId, view);
    }

    private static async Task ShowAsync(IRunClient runs, string runId, IRunView view)
    {
        if (await runs.GetAsync(runId, CancellationToken.None) is { } state)
            view.Show(state);
    }
}
