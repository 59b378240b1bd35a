using System.Text.Json;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Durable;

namespace Retraining.Tests.Host.Durable;

/// <summary>Hubs write these with JSON options of their own: plain ones in workers, the Functions worker's in function apps.</summary>
public sealed class StageCallTests
{
    public static TheoryData<bool> Dialects => [false, true];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void StageCall_ThroughAHubsJson_ComesBack(bool functions)
    {
        var call = new StageCall("run-1", DateTimeOffset.UnixEpoch, 3, 2, JsonSerializer.SerializeToElement(new { score = double.NaN }, RecordJson.Options));

        var back = Through(call, functions);

        Assert.Equal((call.RunId, call.StartedAt, call.Call, call.Attempt), (back.RunId, back.StartedAt, back.Call, back.Attempt));
        Assert.True(JsonElement.DeepEquals(call.Input, back.Input));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void StageAnswer_ThroughAHubsJson_ComesBack(bool functions)
    {
        var failure = new StageAnswer(null, "found 0 users, expected 20", MayRetry: false);

        Assert.Equal(failure, Through(failure, functions));
        Assert.Equal(7, Through(new StageAnswer(JsonSerializer.SerializeToElement(7), null, false), functions).Result?.GetInt32());
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void DurableRun_ThroughAHubsJson_KeepsTheRequest(bool functions)
    {
        var request = new RetrainingRequest { Settings = new RetrainingSettings(), StartedBy = "timer", DryRun = true };

        var back = Through(DurableRun.Of(request, DateTimeOffset.UnixEpoch), functions).ReadRequest();

        Assert.Equal(JsonSerializer.Serialize(request, RecordJson.Options), JsonSerializer.Serialize(back, RecordJson.Options));
    }

    private static T Through<T>(T value, bool functions)
    {
        var options = functions ? new JsonSerializerOptions { PropertyNameCaseInsensitive = true } : new JsonSerializerOptions { IncludeFields = true };
        return JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, options), options)!;
    }
}
