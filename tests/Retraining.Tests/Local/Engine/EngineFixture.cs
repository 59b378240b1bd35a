using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

/// <summary>Engines over one folder, each as another process would have it; stages are what the test says they are.</summary>
internal sealed class EngineFixture(JournalPlace place)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("engine-");
    private readonly List<LocalEngine> _engines = [];

    public EngineFixture()
        : this(new JournalPlace())
    {
    }

    public string Folder => _folder.FullName;

    public StageScript Script { get; init; } = new();

    /// <inheritdoc cref="StageScript.Ran"/>
    public ConcurrentQueue<string> Ran => Script.Ran;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public ILoggerFactory Logging { get; set; } = NullLoggerFactory.Instance;

    public Announcer? Announcer { get; set; }

    public EngineSettings Settings { get; set; } = new();

    public static RetrainingRequest Request(string startedBy = "test") => new() { Settings = new RetrainingSettings(), StartedBy = startedBy };

    public void On(string stage, Func<Note, StageContext, CancellationToken, Task<Note>> work) => Script.On(stage, work);

    public void On(string stage, Func<Note> work) => Script.On(stage, (_, _, _) => Task.FromResult(work()));

    public IJournalHome OpenJournals() => place.Open(Folder, Time);

    public LocalEngine Open(PipelineDefinition? definition = null, IEnumerable<Stage<Note, Note>>? stages = null, IJournalHome? journals = null)
    {
        var engine = new LocalEngine(new EngineServices
        {
            Settings = Settings with { Folder = Folder },
            Journals = journals ?? OpenJournals(),
            Stages = Script.Register(stages ?? NotePipeline.All),
            Logging = Logging,
            Definition = definition ?? NotePipeline.RunAsync,
            Time = Time,
            Announcer = Announcer,
            Secrets = new SecretText(["hunter2"]),
        });
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Runs to the end and returns how it stands.</summary>
    public static async Task<RunState> RunAsync(LocalEngine engine, string? runId = null)
    {
        var id = await engine.StartAsync(Request(), runId, CancellationToken.None);
        return (await engine.WaitAsync(id, CancellationToken.None))!;
    }

    public async Task CloseAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        await place.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
