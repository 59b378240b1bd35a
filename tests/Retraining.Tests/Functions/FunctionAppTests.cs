using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Retraining.Tests.Cli;
using Retraining.Tests.Functions.Protocol;
using Retraining.Tests.Host;
using Retraining.Tests.Hub;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Functions;

/// <summary>The function app in its own worker processes, over a hub, blobs and files; only the Functions host is a stand-in.</summary>
public sealed class FunctionAppTests : IAsyncLifetime, IDisposable
{
    private const string StartKey = "start-key-0123456789abcdef", ReadKey = "read-key-0123456789abcdef";
    private static readonly string[] Others = ["http", "weekly-retraining", "RetrainingPipeline", "RetrainingStart"];
    private readonly string _suffix = Guid.NewGuid().ToString("N");
    private readonly CliFixture _cli = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(10));
    private TestHub? _hub;

    private BlobContainer Models => new($"models-{_suffix}");

    public async Task InitializeAsync() => _hub = await TestHub.StartAsync();

    public async Task DisposeAsync() => await _hub!.DisposeAsync();

    public void Dispose()
    {
        _cli.Dispose();
        _limit.Dispose();
    }

    /// <summary>
    /// Two instances of the app, as a plan scales them: one sees the timer and HTTP, the other only what the hub asks for.
    /// </summary>
    [AzuriteFact]
    public async Task App_TimerFiresAgainAndAgain_OneRunGoesThroughItsActivitiesAndPublishes()
    {
        var variables = await VariablesAsync();
        await using var front = await FunctionsHost.StartAsync(variables, _hub!.Address, _limit.Token);
        await using var back = await FunctionsHost.StartAsync(variables, _hub.Address, _limit.Token);
        await using var durable = new DurableExtension(back, _hub.Address);
        using var client = Client(front, ReadKey);
        Assert.Equal(Stages.All.Select(stage => stage.Name).Concat(Others).Order(), front.Functions.Keys.Order());

        for (var listed = 0; listed == 0; listed = (await RunsAsync(client)).Length)
            await front.InvokeAsync("weekly-retraining", Tick(), _limit.Token);
        await front.InvokeAsync("weekly-retraining", Tick(), _limit.Token);

        var id = Assert.Single(await RunsAsync(client)).GetProperty("id").GetString()!;
        Assert.Matches(@"^retrain-\d{4}-W\d\d$", id);
        var run = await UntilAsync(client, id, state => state.GetProperty("status").GetString() is "Completed" or "Failed", front, back);
        Assert.True(run.GetProperty("status").GetString() == "Completed", $"{run}\n{back.Text}");
        Assert.True(await Models.HasAsync("two-tower/v3/current/manifest.json", _limit.Token));
        Assert.Equal(
            Stages.PlannedBy(new()).Select(stage => stage.Name).Order(StringComparer.Ordinal),
            _hub.Work.Given.Select(given => given.Activity).Order(StringComparer.Ordinal));
    }

    [AzuriteFact]
    public async Task App_RunStartedOverHttp_ShowsItsProgressAndIsTerminatedInTraining()
    {
        var variables = await VariablesAsync();
        variables["TwoTower__Training__Epochs"] = variables["TwoTower__Training__Patience"] = "10000";
        await using var front = await FunctionsHost.StartAsync(variables, _hub!.Address, _limit.Token);
        await using var back = await FunctionsHost.StartAsync(variables, _hub.Address, _limit.Token);
        await using var durable = new DurableExtension(back, _hub.Address);
        using var client = Client(front, StartKey);
        using var stranger = Client(front, key: null);

        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/healthz", _limit.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/api/retrain", null, _limit.Token)).StatusCode);
        var large = await client.PostAsync("/api/retrain", JsonContent.Create(new string(' ', 100_000)), _limit.Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        var started = await client.PostAsync("/api/retrain", JsonContent.Create(new { dryRun = true }), _limit.Token);
        Assert.True(started.StatusCode == HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync(_limit.Token) + front.Text);
        var links = await started.JsonAsync();
        var id = links.GetProperty("id").GetString()!;
        var status = links.GetProperty("statusQueryGetUri").GetString();
        Assert.StartsWith($"{client.BaseAddress}api/instances/{id}?", status, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync("/api/retrain", null, _limit.Token)).StatusCode);

        await UntilAsync(client, id, IsTraining, front, back);
        Assert.Contains(id, await client.GetStringAsync("/", _limit.Token), StringComparison.Ordinal);
        var terminate = links.GetProperty("terminatePostUri").GetString()!.Replace("{text}", "enough", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync(terminate, null, _limit.Token)).StatusCode);
        await UntilAsync(client, id, state => state.GetProperty("status").GetString() == "Terminated", front, back);
        while (_hub.Work.Held.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _limit.Token);
        Assert.DoesNotContain("could not tell its progress", back.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTraining(JsonElement run) => run.GetProperty("stages").EnumerateArray().Any(stage =>
        stage.TryGetProperty("progress", out var progress) && progress.ValueKind == JsonValueKind.Object
        && progress.GetProperty("values").TryGetProperty("loss", out _));

    private static TypedData Tick() => new()
    {
        Json = """
            {"Schedule": {"AdjustForDST": true}, "ScheduleStatus": {"Last": "0001-01-01T00:00:00", "LastUpdated": "0001-01-01T00:00:00",
            "Next": "2026-11-23T00:15:00Z"}, "IsPastDue": false}
            """,
    };

    private static HttpClient Client(FunctionsHost host, string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Url };
        if (key is not null)
            client.DefaultRequestHeaders.Add("x-functions-key", key);
        return client;
    }

    private async Task<JsonElement[]> RunsAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/runs", _limit.Token)).GetProperty("runs").EnumerateArray()];

    private async Task<JsonElement> UntilAsync(
        HttpClient client, string id, Func<JsonElement, bool> condition, params FunctionsHost[] hosts)
    {
        var run = default(JsonElement);
        try
        {
            do
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), _limit.Token);
                run = await client.GetFromJsonAsync<JsonElement>($"/api/runs/{id}", _limit.Token);
            }
            while (!condition(run));
            return run;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{run}\n{string.Join('\n', hosts.Select(host => host.Text))}");
        }
    }

    private async Task<Dictionary<string, string>> VariablesAsync() => new(StringComparer.Ordinal)
    {
        ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
        ["RETRAINING_TICK"] = "0 */15 * * * *",
        ["RETRAINING_RUNS_CONNECTION_STRING"] = "",
        ["RETRAIN_START_KEY"] = StartKey,
        ["RETRAIN_READ_KEY"] = ReadKey,
        ["AZURE_STORAGE_CONNECTION_STRING"] = LocalServer.Azurite.Address,
        ["TwoTower__Engine__Store"] = "azure-blob",
        ["TwoTower__Engine__Container"] = $"work-{_suffix}",
        ["TwoTower__Publish__Kind"] = "azure-blob",
        ["TwoTower__Publish__Container"] = $"models-{_suffix}",
        ["TwoTower__Source__Kind"] = "files",
        ["TwoTower__Source__Folder"] = await _cli.SampleAsync(),
        ["TwoTower__Serving__Kind"] = "file",
        ["TwoTower__Serving__Folder"] = _cli.PathOf("vector-index"),
        ["TwoTower__Schedule__Expression"] = "* * * * * *", // always due, and always the same ISO week, so the same run
        ["TwoTower__Training__Epochs"] = "2",
        ["TwoTower__Training__Threads"] = "1",
        ["TwoTower__Evaluation__Resamples"] = "100",
    };
}
