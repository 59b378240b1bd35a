using Retraining.Operations;
using Spectre.Console;

namespace Retraining.Cli.Rendering;

/// <summary>One table that is redrawn: a line for each stage with its time and progress.</summary>
internal sealed class LiveRunView : IRunView
{
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LiveDisplayContext? _context; // set once the display has begun
    private readonly Task _display;

    public LiveRunView(TextWriter writer, TimeProvider time)
    {
        _time = time;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        _display = console.Live(new Text("")).AutoClear(true).StartAsync(async context =>
        {
            _context = context;
            await _end.Task;
        });
    }

    public void Show(RunState run) => _context?.UpdateTarget(Render(run));

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _display;
    }

    private Table Render(RunState run)
    {
        var table = Tables.With("", run.RunId, ">time", "");
        foreach (var stage in run.Stages)
        {
            var (mark, colour) = stage.Status switch
            {
                StageStatus.Completed => ("✓", "green"),
                StageStatus.Failed => ("✗", "red"),
                _ => ("●", "yellow"),
            };
            var time = (stage.EndedAt ?? _time.GetUtcNow()) - stage.StartedAt;
            table.AddRow(new Markup($"[{colour}]{mark}[/]"), new Text(stage.Title), new Text(Units.Duration(time)), new Text(Detail(stage)));
        }

        if (run.Status == RunStatus.Suspended)
            table.Caption("suspended: retrain resume " + Markup.Escape(run.RunId));
        return table;
    }

    private static string Detail(StageState stage) =>
        stage.Status == StageStatus.Running && stage.Progress is { } progress ? progress.Told()
        : stage.Status == StageStatus.Completed ? Units.Size(RunReport.ResultBytes(stage))
        : stage.Error ?? "";
}
