using System.Net;
using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Serving;
using Retraining.Source;

namespace Retraining.Tests.Host;

public sealed class PageTests
{
    [Fact]
    public async Task Overview_RunningAndRefused_SaysWhatHappensAndWhy()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Rejected("retrain-2026-W46") with { CreatedAt = HostFixture.Start.AddDays(-7) });
        host.Runs.Add(SampleRuns.Running());
        host.Index.Versions.Add(Version("20261113_120000", active: true));

        var page = await host.Client().GetStringAsync("/");

        Assert.Contains("Train the towers: epoch 3 of 20", page, StringComparison.Ordinal);
        Assert.Contains("value=\"0.15\"", page, StringComparison.Ordinal);
        Assert.Contains("Not worse than champion does not hold. What was live still is.", page, StringComparison.Ordinal);
        Assert.Contains("paired difference, lower bound", page, StringComparison.Ordinal);
        Assert.Contains("20261113_120000", page, StringComparison.Ordinal);
        Assert.Contains("datetime=\"2026-11-21T19:00:00Z\"", page, StringComparison.Ordinal);
        Assert.Contains("in 1 day 7 h, retrain-2026-W47", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_LedgerCannotBeRead_StillTellsTheRuns()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running());
        host.Index.Fault = new IOException("no database");

        var response = await host.Client().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("The ledger cannot be read", page, StringComparison.Ordinal);
        Assert.Contains("retrain-2026-W47", page, StringComparison.Ordinal);
        Assert.Contains(host.Logged, line => line.Contains("no database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Hostile_IsEscapedEverywhere()
    {
        const string Script = "<script>alert('x')</script>\" onload=\"x";
        await using var host = await HostFixture.StartAsync();
        var run = SampleRuns.Running("run-1");
        host.Runs.Add(run with
        {
            Request = run.Request with { StartedBy = Script },
            Stages = [.. run.Stages.Select(stage => stage with { Title = Script, Error = Script, ResultJson = $$"""{"<b>&": 3}""" })],
        });
        host.Runs.Add(SampleRuns.Failed("run-0") with { Error = Script });
        host.Index.Versions.Add(Version("20261113_120000", active: true) with { Reason = Script, ActivatedBy = Script });

        foreach (var path in new[] { "/", "/runs", "/runs/run-1", "/runs/run-0", "/models" })
        {
            var page = await host.Client().GetStringAsync(path);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain("\" onload=\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_All_HaveNoInlineScriptOrStyle()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running());
        host.Index.Versions.Add(Version("20261113_120000", active: false));

        foreach (var path in new[] { "/", "/runs", "/runs/retrain-2026-W47", "/models", "/sign-in" })
        {
            var page = await host.Client().GetStringAsync(path);
            Assert.DoesNotMatch("<script(?! src)", page);
            Assert.DoesNotMatch("<style|\\sstyle=|\\son[a-z]+=|javascript:", page);
        }
    }

    [Fact]
    public async Task Run_Ended_ShowsStagesGateAndQuality()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Published("run-1") with { Stages = SampleRuns.Running().Stages });
        const string Log = "{\"epoch\":1,\"loss\":6.5,\"recall@10\":0.125}\n{\"epoch\":2,\"loss\":5.25,\"recall@10\":0.1875}\n";
        await host.Store.WriteAsync(
            "runs/run-1/training_log.ndjson", async (stream, ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(Log), ct), WriteOptions.Private, default);

        var page = await host.Client().GetStringAsync("/runs/run-1");

        Assert.Contains("2 attempts", page, StringComparison.Ordinal);
        Assert.Contains("connection reset. The next one followed after 2.1 s.", page, StringComparison.Ordinal);
        Assert.Contains("users 600", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"size\">82.2 kB</span>", page, StringComparison.Ordinal); // of both files
        Assert.Contains("Not reached: check the data contract, fit vocabularies and normaliser,", page, StringComparison.Ordinal);
        Assert.Contains("above popularity", page, StringComparison.Ordinal);
        Assert.Contains("20261113_120000", page, StringComparison.Ordinal); // the champion
        Assert.Contains("Training, epoch 2, loss 5.25, recall@10 0.1875", page, StringComparison.Ordinal);
        Assert.Contains("+5.0 %", page, StringComparison.Ordinal); // 0.21 against 0.20
        Assert.Contains("+0.0020 to +0.0180", page, StringComparison.Ordinal); // the finding's interval
        Assert.Matches("37 cold items</td>[^§]*−0\\.0200[^§]*−0\\.0500 to −0\\.0040[^§]*>worse<", page);
    }

    [Fact]
    public async Task Run_StageFailedSeveralTimes_TellsEachAttempt()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-1") with
        {
            Stages =
            [
                new StageState
                {
                    Name = "publish", Title = "Publish the immutable version", Status = StageStatus.Failed, Attempts = 2,
                    StartedAt = HostFixture.Start, EndedAt = HostFixture.Start.AddMinutes(1), Error = "quota exceeded",
                    Failures =
                    [
                        new FailedAttempt(1, HostFixture.Start.AddSeconds(9), "503 from the store", 2500),
                        new FailedAttempt(2, HostFixture.Start.AddMinutes(1), "quota exceeded", null),
                    ],
                },
            ],
        });

        var page = await host.Client().GetStringAsync("/runs/run-1");

        Assert.Matches("Attempt 1 failed, <time[^>]*>2026-11-20 12:00 UTC</time>: 503 from the store. The next .* after 2.5 s.", page);
        Assert.Matches("Attempt 2 failed, <time[^>]*>2026-11-20 12:01 UTC</time>: quota exceeded</li>", page);
        Assert.Equal(2, page.Split("<li>Attempt ").Length - 1); // the stage's own error is the last one's, and is not told twice
    }

    [Theory]
    [InlineData("train: loss is NaN", "Go on after the cause is gone: retrain resume run-1")]
    [InlineData("contract: 1 of 2 rules of the data contract are broken", "start anew, as this run keeps its snapshot: retrain run")]
    public async Task Pages_RunFailed_SayWhatToDo(string error, string step)
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-1") with { Error = error });

        Assert.Matches($"Why the last run failed[^§]*{error}[^§]*{step}<", await host.Client().GetStringAsync("/"));
        Assert.Contains($"{step}<", await host.Client().GetStringAsync("/runs/run-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Refused_SaysHowToPublishAllTheSame()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Rejected("run-1"));

        Assert.Contains("with a reason for the records: retrain run --override-reason", await host.Client().GetStringAsync("/runs/run-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steer_AnotherRunIsInProgress_AnswersWithAPageThatNamesIt()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-1"));
        host.Runs.FaultOf["run-1"] = new RunInProgressException("run-2");
        using var form = new FormUrlEncodedContent([new("reason", "the disk is larger now")]);

        var answer = await host.Client().PostAsync("/runs/run-1/rewind", form);

        Assert.Equal((HttpStatusCode.Conflict, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Matches("Nothing was changed.[^§]*run-2", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Overview_Training_SaysHowLongItMayTake()
    {
        await using var host = await HostFixture.StartAsync();
        var run = SampleRuns.Running();
        var progress = new StageProgress { Message = "epoch 3 of 20", Fraction = 0.15, Values = new Dictionary<string, double> { ["remaining_seconds"] = 461 } };
        host.Runs.Add(run with { Stages = [run.Stages[0], run.Stages[1] with { Progress = progress }] });

        Assert.Contains("epoch 3 of 20, 7 min 41 s left at this speed", await host.Client().GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_RefusedRun_ShowsItsMetricBesideTheChampions()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Rejected("run-1"));

        var page = await host.Client().GetStringAsync("/runs");

        Assert.Contains("<span class=\"value\">0.2100</span><small>recall@10, +5.0 % on 0.2000</small>", page, StringComparison.Ordinal);
        Assert.Contains("took 3 min 0 s", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WaitsForApproval_ShowsTheEvidenceAndTakesTheAnswer()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.WaitingForApproval("run-1"));

        var overview = await host.Client().GetStringAsync("/");
        var page = await host.Client().GetStringAsync("/runs/run-1");
        using var form = new FormUrlEncodedContent([new("by", "ana"), new("reason", "the sale ends on Monday")]);
        var answered = await host.Client().PostAsync("/runs/run-1/reject", form);

        Assert.Contains("A run waits for approval.", overview, StringComparison.Ordinal);
        Assert.Contains("waits for approval until 2026-11-23 12:00 UTC, because it may lose up to 4.0 %", page, StringComparison.Ordinal);
        Assert.Contains("action=\"/runs/run-1/approve\"", page, StringComparison.Ordinal);
        Assert.Contains("not worse than champion", page, StringComparison.Ordinal); // the gate, before the run has a result
        Assert.Contains("+5.0 %", page, StringComparison.Ordinal); // challenger beside champion
        Assert.Equal(HttpStatusCode.Found, answered.StatusCode);
        Assert.Equal(
            ("raiseEvent approval", "run-1", """{"approved":false,"reason":"the sale ends on Monday","by":"ana"}"""), Assert.Single(host.Runs.Asked));
        Assert.DoesNotContain("action=\"/runs/run-1/approve", await host.Client(HostFixture.ReadKey).GetStringAsync("/runs/run-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Synced_ShowsWhatItWasTrainedOnAndWhatWasPutAside()
    {
        var snapshot = Snapshot(new ArtifactRef("runs/run-1/sync_report.json", new string('0', 64), 10));
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Published("run-1") with { Stages = [SampleRuns.Done(Stages.SyncSource, snapshot)] });

        var page = await host.Client().GetStringAsync("/runs/run-1");

        Assert.Contains("<dd>1,234</dd>", page, StringComparison.Ordinal);
        Assert.Contains("910 of them positive", page, StringComparison.Ordinal);
        Assert.Contains("3 rows were put aside", page, StringComparison.Ordinal); // also when the report itself is gone
    }

    [Fact]
    public async Task Run_ContractBroken_ShowsEachRuleAndHowRowsSpread()
    {
        var file = new ArtifactRef("runs/run-1/sync_report.json", new string('0', 64), 10);
        var counts = new TableCounts { Read = 10, Kept = 8, Quarantined = 2 };
        var sync = new SyncReport
        {
            Source = "files",
            AsOf = HostFixture.Start,
            PseudonymisedUsers = false,
            Profiles = counts,
            Videos = counts,
            Decisions = counts,
            DecisionTypes = new() { ["like"] = 300, ["nope"] = 100 },
            Weights = new() { ["0.8"] = 40, ["1"] = 60 },
            Positives = 300,
            FirstDecision = HostFixture.Start,
            LastDecision = HostFixture.Start,
            ActiveUsers = 8,
            UsersWithoutProfile = 0,
            ProfilesWithoutDate = 0,
            VideosWithout = [],
            Quarantined = [new QuarantineReason("videos.json", "price", "a number", 2)],
            Reviews = new ReviewCounts
            {
                Files = 1,
                Rows = 100,
                Faulty = 0,
                UnknownRows = 0,
                UnknownProducts = 0,
                TopUnknown = [],
                NewVideos = 0,
                SharedUrls = 0,
                Reviewers = 50,
                Videos = 8,
                Stars = new() { ["4"] = 25, ["5"] = 75 },
                RowsPerReviewer = [new RowBand("1", 40), new RowBand("2-4", 10)],
                RowsPerVideo = [],
            },
        };
        const string Contract = """
            {"passed":false,"rules":[
            {"passed":true,"name":"positive decisions","found":"300","expected":"200 or more (contract.min_positives)"},
            {"passed":false,"name":"duplicate videos","found":"20 % (2 of 10)","expected":"1 % or less (contract.max_duplicate_share)"}]}
            """;
        await using var host = await HostFixture.StartAsync();
        await WriteAsync(host, file.Path, JsonSerializer.Serialize(sync, RowJson.Indented));
        await WriteAsync(host, "runs/run-1/snapshot/contract.json", Contract);
        host.Runs.Add(SampleRuns.Failed("run-1") with
        {
            Stages =
            [
                SampleRuns.Done(Stages.SyncSource, Snapshot(file)),
                new StageState
                {
                    Name = Stages.CheckContract.Name, Title = "Check the data contract", Status = StageStatus.Failed, Attempts = 1,
                    StartedAt = HostFixture.Start, EndedAt = HostFixture.Start, Error = "1 of 2 rules of the data contract are broken",
                },
            ],
        });

        var page = await host.Client().GetStringAsync("/runs/run-1");

        Assert.Contains("1 of 2 rules of the data contract are broken: the run stops here.", page, StringComparison.Ordinal);
        Assert.Matches(
            "duplicate videos</th>[^§]*20 % \\(2 of 10\\)[^§]*1 % or less \\(contract.max_duplicate_share\\)[^§]*✗ broken"
            + "[^§]*positive decisions", page);
        Assert.Matches("Reviews by stars[^§]*5 ★[^§]*>75<[^§]*75 %[^§]*4 ★[^§]*>25<[^§]*Reviewers by their reviews[^§]*>40<", page);
        Assert.Matches("Decisions by type[^§]*like[^§]*>300<[^§]*75 %[^§]*Decisions by weight[^§]*>60<", page);
        Assert.Contains("expected a number", page, StringComparison.Ordinal);
    }

    private static Task<ArtifactRef> WriteAsync(HostFixture host, string path, string text) => host.Store.WriteAsync(
        path, async (stream, ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct), WriteOptions.Private, default);

    private static Snapshot Snapshot(ArtifactRef file) => new()
    {
        Hash = "x",
        AsOf = HostFixture.Start,
        Profiles = file,
        Videos = file,
        Interactions = file,
        Report = file,
        Quarantine = file,
        ProfileCount = 600,
        VideoCount = 1234,
        InteractionCount = 5678,
        PositiveCount = 910,
        QuarantinedCount = 3,
    };

    [Fact]
    public async Task Runs_ThousandOfThem_ArePagedAndFiltered()
    {
        await using var host = await HostFixture.StartAsync();
        for (var i = 0; i < 1000; i++)
        {
            var run = i % 10 == 0 ? SampleRuns.Failed($"run-{i:0000}") : SampleRuns.Published($"run-{i:0000}");
            host.Runs.Add(run with { CreatedAt = HostFixture.Start.AddMinutes(i) });
        }

        var first = await host.Client().GetStringAsync("/runs");
        var older = await host.Client().GetStringAsync("/runs?token=50");
        var failed = await host.Client().GetStringAsync("/runs?runtimeStatus=Failed&token=50");

        Assert.Equal(50, Rows(first));
        Assert.Contains("/runs?token=50\"", first, StringComparison.Ordinal);
        Assert.Contains("/runs/run-0949", older, StringComparison.Ordinal);
        Assert.Equal(50, Rows(failed));
        Assert.DoesNotContain("rel=\"next\"", failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Unknown_Is404() =>
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/runs/nobody"));

    [Fact]
    public async Task Overview_ReadKey_ShowsNoButtonThatItMayNotPress()
    {
        await using var host = await HostFixture.StartAsync();
        host.Index.Versions.Add(Version("20261113_120000", active: false));

        var reader = await host.Client(HostFixture.ReadKey).GetStringAsync("/");
        var starter = await host.Client(HostFixture.StartKey).GetStringAsync("/");

        Assert.DoesNotContain("Retrain now", reader, StringComparison.Ordinal);
        Assert.DoesNotContain("Roll back", reader, StringComparison.Ordinal);
        Assert.Contains("Retrain now", starter, StringComparison.Ordinal);
        Assert.Contains("Roll back", starter, StringComparison.Ordinal);
    }

    private static int Rows(string page) => page.Split("<th scope=\"row\">").Length - 1;

    private static async Task<HttpStatusCode> StatusAsync(string path)
    {
        await using var host = await HostFixture.StartAsync();
        return (await host.Client().GetAsync(path)).StatusCode;
    }

    private static ModelVersion Version(string version, bool active) => new()
    {
        Version = version,
        ModelPath = $"two-tower/v3/{version}/",
        EmbeddingDim = 128,
        IsActive = active,
        IsLoaded = true,
        CreatedAt = HostFixture.Start.AddDays(-7),
        ActivatedAt = HostFixture.Start.AddDays(-7),
    };
}
