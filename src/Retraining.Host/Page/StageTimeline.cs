using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>The stages of a run, one a row: when it ran, how long, what it wrote, and what went wrong at each try.</summary>
internal static class StageTimeline
{
    private const double Span = 1000;

    public static Html Draw(RunState run, DateTimeOffset now)
    {
        var known = run.Stages.ToLookup(stage => stage.Name, StringComparer.Ordinal);
        var end = run.HasEnded ? run.UpdatedAt : now;
        var length = Math.Max(1, (end - run.CreatedAt).TotalMilliseconds);
        var planned = Expected(run, known).Select(stage => (stage.Name, stage.Title)).ToList();
        var others = run.Stages
            .Where(stage => planned.All(description => description.Name != stage.Name))
            .Select(stage => (stage.Name, stage.Title));
        var all = planned.Concat(others).Distinct().ToList();
        var reached = run.HasEnded ? all.FindAll(stage => known.Contains(stage.Name)) : all;
        var rows = Html.All(reached, stage => known.Contains(stage.Name)
            ? Html.All(known[stage.Name], state => Row(state, run, end, length))
            : Html.Of($"<li class=\"stage open\"><span class=\"name\">{stage.Title}</span></li>"));
        var left = reached.Count == all.Count ? Html.Empty : Html.Of(
            $"<p class=\"quiet\">Not reached: {string.Join(", ", all.Except(reached).Select(stage => Words.Lower(stage.Title)))}.</p>");
        return Html.Of($"<ol class=\"timeline\">{rows}</ol>{left}");
    }

    /// <summary>All stages in one line, for the overview.</summary>
    public static Html Strip(RunState run)
    {
        var known = run.Stages.ToLookup(stage => stage.Name, StringComparer.Ordinal);
        var planned = Expected(run, known);
        var done = planned.Count(stage => known.Contains(stage.Name) && known[stage.Name].All(part => part.Status == StageStatus.Completed));
        return Html.Of($"""
            <ol class="strip" aria-label="{done} of {planned.Count} stages done">
            {Html.All(planned, stage => Html.Of($"<li class=\"{ToneOf(known[stage.Name])}\" title=\"{stage.Title}\"></li>"))}
            </ol>
            """);
    }

    /// <summary>Stages that a run goes through, or has gone through, in the order of the weekly run.</summary>
    private static List<IStageDescription> Expected(RunState run, ILookup<string, StageState> known)
    {
        var planned = Stages.PlannedBy(run.Request.Settings);
        return [.. Stages.All.Where(stage => planned.Contains(stage) || known.Contains(stage.Name))];
    }

    private static Html Row(StageState stage, RunState run, DateTimeOffset runEnd, double length)
    {
        var ended = stage.EndedAt ?? runEnd;
        var start = (stage.StartedAt - run.CreatedAt).TotalMilliseconds / length * Span;
        var width = Math.Max(3, (ended - stage.StartedAt).TotalMilliseconds / length * Span);
        var attempts = stage.Attempts > 1 ? Html.Of($"<span class=\"attempts\">{stage.Attempts} attempts</span>") : Html.Empty;
        var detail = stage.Status == StageStatus.Running && stage.Progress is { } progress
            ? progress.Message
            : StageSummary.CountsOf(stage.ResultJson);
        return Html.Of($"""
            <li class="stage {ToneOf(stage)}">
            <span class="name">{stage.Title}</span>
            <svg class="bar" viewBox="0 0 {Span} 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="lane" width="{Span}" height="10"/><rect class="done" x="{Math.Min(start, Span - 3):0.#}" width="{width:0.#}" height="10"/>
            </svg>
            <span class="took">{Words.Duration(ended - stage.StartedAt)}</span>
            <span class="size">{StageSummary.SizeOf(stage.ResultJson)}</span>
            <span class="detail">{attempts} {detail}</span>
            {Tries(stage)}
            </li>
            """);
    }

    /// <summary>Each failed attempt; where the engine keeps only the newest error, that.</summary>
    private static Html Tries(StageState stage)
    {
        var tries = Html.All(stage.Failures, failed => Html.Of($"""
            <li>Attempt {failed.Attempt} failed, {Words.Time(failed.At)}: {failed.Error}{Next(failed)}</li>
            """));
        var newest = stage.Error is { } error && stage.Failures.All(failed => failed.Error != error)
            ? Html.Of($"<li>{(stage.Status == StageStatus.Completed ? "An attempt failed: " : "")}{error}</li>")
            : Html.Empty;
        return stage.Failures.Count == 0 && stage.Error is null ? Html.Empty : Html.Of($"<ol class=\"tries\">{tries}{newest}</ol>");
    }

    private static string Next(FailedAttempt failed) =>
        failed.RetryInMs is { } delay ? $". The next one followed after {Words.Duration(TimeSpan.FromMilliseconds(delay))}." : "";

    private static string ToneOf(IEnumerable<StageState> parts) => ToneOf(
        parts.FirstOrDefault(part => part.Status == StageStatus.Failed)
        ?? parts.FirstOrDefault(part => part.Status == StageStatus.Running)
        ?? parts.LastOrDefault());

    private static string ToneOf(StageState? stage) => stage?.Status switch
    {
        StageStatus.Completed => "good",
        StageStatus.Failed => "bad",
        StageStatus.Running => "busy",
        _ => "open",
    };
}
