using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Local.Engine;

/// <summary>A call whose outcome the definition awaits.</summary>
internal abstract class PendingCall
{
    public abstract void Complete(JsonElement result);

    public abstract void Fail(StageFailedException failure);
}

/// <inheritdoc/>
internal sealed class PendingCall<TOut>(string stage, int call, string? build) : PendingCall
    where TOut : notnull
{
    private readonly TaskCompletionSource<TOut> _outcome = new();

    public Task<TOut> Task => _outcome.Task;

    public override void Complete(JsonElement result)
    {
        try
        {
            _outcome.SetResult(result.Deserialize<TOut>(RecordJson.Options)
                ?? throw new JsonException("null"));
        }
        catch (JsonException e)
        {
            _outcome.SetException(new HistoryMismatchException(call, $"a result of {stage} that cannot be read ({e.Message})", $"a {typeof(TOut).Name}", build));
        }
    }

    public override void Fail(StageFailedException failure) => _outcome.SetException(failure);
}
