using Microsoft.ML.OnnxRuntime;
using Retraining.Execution;

namespace Retraining.Export;

/// <summary>Both towers from one ONNX file, run by ONNX Runtime on the CPU.</summary>
internal sealed class OnnxPair : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private OnnxPair(InferenceSession session) => _session = session;

    /// <param name="name">Name of the file, for messages.</param>
    /// <exception cref="PermanentStageException">ONNX Runtime refuses it.</exception>
    public static OnnxPair Load(byte[] model, string name)
    {
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            return new OnnxPair(new InferenceSession(model, options));
        }
        catch (OnnxRuntimeException error)
        {
            throw new PermanentStageException($"{name}: ONNX Runtime refuses it: {error.Message}", error);
        }
    }

    /// <summary>Embeds one dense user and one dense item; the towers are given by the order of their inputs and outputs.</summary>
    public (float[] User, float[] Item) Embed(float[] user, float[] item)
    {
        using var users = OrtValue.CreateTensorValueFromMemory(user, [1, user.Length]);
        using var items = OrtValue.CreateTensorValueFromMemory(item, [1, item.Length]);
        using var outputs = _session.Run(_run, [.. _session.InputMetadata.Keys], [users, items], [.. _session.OutputMetadata.Keys]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
