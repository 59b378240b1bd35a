#if DURABLE_TASK
namespace Retraining.Tests.Cli;

public sealed class HubCommandTests : IDisposable
{
    private const string Variable = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("worker")]
    [InlineData("serve", "--engine", "durabletask", "--development")]
    public async Task Hub_NoAddress_SaysWhatIsExpected(params string[] arguments)
    {
        _cli.Variables[Variable] = "somewhere";

        var result = await _cli.RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains($"{Variable}: found neither of what is expected, Endpoint=", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("somewhere", result.Error, StringComparison.Ordinal); // it may hold a secret
    }

    [Fact]
    public async Task Worker_FolderAsWorkStoreOfAHubElsewhere_IsRefused()
    {
        _cli.Variables[Variable] = "http://hub.example:4001";

        var result = await _cli.RunAsync("worker");

        Assert.Equal(2, result.Code);
        Assert.Contains("engine.store: \"folder\", expected azure-blob", result.Error, StringComparison.Ordinal);
    }

#if !DURABLE_TASK_SCHEDULER
    [Fact]
    public async Task Hub_SchedulerInABuildWithoutItsPackages_SaysWhatTakesOne()
    {
        _cli.Variables[Variable] = "Endpoint=https://hub.example;TaskHub=retraining;Authentication=None";

        var result = await _cli.RunAsync("worker");

        Assert.Equal(2, result.Code);
        Assert.Contains("https://hub.example is a scheduler, and this build has no packages", result.Error, StringComparison.Ordinal);
    }
#endif
}
#endif
