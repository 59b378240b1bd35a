using System.Diagnostics;
using System.Globalization;
using Retraining.Operations;

namespace Retraining.Tests.EndToEnd;

/// <summary>
/// Where a process kills itself (SIGKILL): <c>train:before</c>, <c>train:after</c> (done, not recorded), <c>train:250</c> (so many milliseconds
/// in), <c>user-features#2:before</c> (the third part), or <c>none</c>.
/// </summary>
internal sealed record KillPoint(string Stage, string Moment)
{
    public const string Before = "before";
    public const string After = "after";

    public static KillPoint? Parse(string text) => text == "none" ? null : new KillPoint(text.Split(':')[0], text.Split(':')[1]);

    /// <param name="stage">Name of a stage, of a part with its number: <c>user-features#2</c>.</param>
    public void Reach(string stage, string moment)
    {
        if (Means(stage) && moment == Moment)
            Process.GetCurrentProcess().Kill();
    }

    /// <summary>The stage, or the part of it, was recorded as done.</summary>
    public bool LiesBehind(StageState stage)
    {
        var part = Stage.Split('#') is [_, var index] ? $", part {int.Parse(index, CultureInfo.InvariantCulture) + 1} of " : "";
        return stage.Status == StageStatus.Completed && stage.Name == Stage.Split('#')[0] && stage.Title.Contains(part, StringComparison.Ordinal);
    }

    private bool Means(string stage) => stage == Stage || stage.Split('#')[0] == Stage;

    /// <summary>Arms the kill that comes while the stage works.</summary>
    public void Enter(string stage)
    {
        if (Means(stage) && int.TryParse(Moment, CultureInfo.InvariantCulture, out var milliseconds))
            _ = Task.Delay(milliseconds).ContinueWith(_ => Process.GetCurrentProcess().Kill(), TaskScheduler.Default);
    }
}
