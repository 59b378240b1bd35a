using System.Text.Json;
using Retraining.Approvals;
using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;
using TwoTower.Evaluation;

namespace Retraining.Tests.Host;

/// <summary>Runs as an engine would tell them.</summary>
internal static class SampleRuns
{
    public static RunState Running(string id = "retrain-2026-W47") => Of(id, RunStatus.Running) with
    {
        Stages =
        [
            new StageState
            {
                Name = "sync", Title = "Sync the source into a snapshot", Status = StageStatus.Completed, Attempts = 2,
                StartedAt = HostFixture.Start, EndedAt = HostFixture.Start.AddSeconds(12), Error = "connection reset",
                Failures = [new FailedAttempt(1, HostFixture.Start.AddSeconds(4), "connection reset", 2100)],
                ResultJson = """{"users":600,"profiles":{"path":"a","sizeBytes":81234},"videos":{"path":"b","sizeBytes":1000}}""",
            },
            new StageState
            {
                Name = "train", Title = "Train the towers", Status = StageStatus.Running, Attempts = 1, StartedAt = HostFixture.Start.AddSeconds(12),
                Progress = new StageProgress
                {
                    Message = "epoch 3 of 20", Fraction = 0.15,
                    Values = new Dictionary<string, double> { ["epoch"] = 3, ["loss"] = 4.25, ["recall@10"] = 0.0625 },
                },
            },
        ],
    };

    /// <summary>Evaluated and judged, and waiting for a person.</summary>
    public static RunState WaitingForApproval(string id)
    {
        var result = Result(RetrainingOutcome.Published, passed: true);
        return Of(id, RunStatus.Running) with
        {
            Stages =
            [
                Done(Stages.EvaluateModel, result.Evaluation),
                Done(Stages.JudgeQuality, result.Verdict),
                Done(Stages.AskApproval, new AskedApproval { Why = "it may lose up to 4.0 %", Until = HostFixture.Start.AddDays(3), Delivered = ["log"], Failed = [] }),
                new StageState
                {
                    Name = "wait-approval", Title = "Wait for approval", Status = StageStatus.Running, Attempts = 1, StartedAt = HostFixture.Start.AddMinutes(2),
                },
            ],
        };
    }

    public static RunState Failed(string id) => Of(id, RunStatus.Failed) with { Error = "train: loss is NaN in epoch 2, expected a finite number" };

    public static RunState Published(string id) => Of(id, RunStatus.Completed) with { Result = Result(RetrainingOutcome.Published, passed: true) };

    public static RunState Rejected(string id) => Of(id, RunStatus.Completed) with { Result = Result(RetrainingOutcome.Rejected, passed: false) };

    public static RunState Of(string id, RunStatus status) => new()
    {
        RunId = id,
        Status = status,
        CreatedAt = HostFixture.Start,
        UpdatedAt = HostFixture.Start.AddMinutes(3),
        Request = new RetrainingRequest { Settings = new RetrainingSettings(), StartedBy = "timer" },
    };

    public static StageState Done<TIn, TOut>(Stage<TIn, TOut> stage, TOut result)
        where TIn : notnull
        where TOut : notnull => new()
        {
            Name = stage.Name,
            Title = stage.Title,
            Status = StageStatus.Completed,
            Attempts = 1,
            StartedAt = HostFixture.Start.AddMinutes(1),
            EndedAt = HostFixture.Start.AddMinutes(2),
            ResultJson = JsonSerializer.Serialize(result, RecordJson.Options),
        };

    private static RetrainingResult Result(RetrainingOutcome outcome, bool passed)
    {
        var file = new ArtifactRef("runs/x/gate.json", new string('0', 64), 10);
        return new RetrainingResult
        {
            Outcome = outcome,
            Version = "20261120_120000",
            Verdict = new Verdict
            {
                Passed = passed,
                File = file,
                Rules =
                [
                    new GateRule("above-popularity", 0.21, 0.11, true, "recall@10 0.21, popularity 0.11"),
                    new GateRule("not-worse-than-champion", passed ? 0.01 : -0.09, -0.05, passed, "paired difference, lower bound"),
                ],
                Findings =
                [
                    new GateFinding("all", "recall@10", 480, 0.01, 0.002, 0.018, 0.008, 0.2),
                    new GateFinding("cold_items", "recall@10", 37, -0.02, -0.05, -0.004, 0.03, 0.1),
                ],
            },
            Evaluation = new EvaluationReport
            {
                File = file,
                PerUser = file,
                Users = 480,
                ItemEmbeddings = EmbeddingHealth.Of([1f, 0f, 0f, 1f], 2),
                Challenger = new Dictionary<string, double> { ["recall@10"] = 0.21 },
                Popularity = new Dictionary<string, double> { ["recall@10"] = 0.11 },
                Champion = new Dictionary<string, double> { ["recall@10"] = 0.2 },
                ChampionVersion = "20261113_120000",
            },
        };
    }
}
