using System.Diagnostics;
using System.Globalization;

namespace Retraining.Tests.EndToEnd;

/// <summary>Where a process kills itself (SIGKILL): <c>train:before</c>, <c>train:after</c> (done, not recorded), <c>train:250</c> (so many milliseconds in), or <c>none</c>.</summary>
internal sealed record KillPoint(string Stage, string Moment)
{
    public const string Before = "before";
    public const string After = "after";

    public static KillPoint? Parse(string text) => text == "none" ? null : new KillPoint(text.Split(':')[0], text.Split(':')[1]);

    public void Reach(string stage, string moment)
    {
        if (stage == Stage && moment == Moment)
            Process.GetCurrentProcess().Kill();
    }

    /// <summary>Arms the kill that comes while the stage works.</summary>
    public void Enter(string stage)
    {
        if (stage == Stage && int.TryParse(Moment, CultureInfo.InvariantCulture, out var milliseconds))
            _ = Task.Delay(milliseconds).ContinueWith(_ => Process.GetCurrentProcess().Kill(), TaskScheduler.Default);
    }
}
