using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Export;

/// <summary>A tower from its ONNX file, run by ONNX Runtime on the CPU. Thread-safe.</summary>
public sealed class OnnxTower : IDisposable
{
    /// <summary>Values of a dense batch: 16 MiB, whatever the width.</summary>
    private const int BatchValues = 1 << 22;

    private const int MaxBatchRows = 256;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _name;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    private OnnxTower(InferenceSession session, string name)
    {
        _session = session;
        _name = name;
        _inputs = [.. session.InputMetadata.Keys];
        _outputs = [.. session.OutputMetadata.Keys];
        InputDim = Width(session.InputMetadata, name, "input");
        EmbeddingDim = Width(session.OutputMetadata, name, "output");
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    public int InputDim { get; }

    public int EmbeddingDim { get; }

    public string InputName => _inputs[0];

    public string OutputName => _outputs[0];

    /// <summary>The file's <c>metadata_props</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <param name="model">The ONNX file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="threads">0 takes all cores.</param>
    /// <exception cref="PermanentStageException">It is no ONNX model, or not one of one float32 input [batch, n] and one such output.</exception>
    public static OnnxTower Load(byte[] model, string name, int threads = 0)
    {
        InferenceSession? session = null;
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // other stages want the cores between two batches
            session = new InferenceSession(model, options);
            return new OnnxTower(session, name);
        }
        catch (OnnxRuntimeException error)
        {
            throw new PermanentStageException($"{name}: ONNX Runtime refuses it: {error.Message}", error);
        }
        catch (PermanentStageException)
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Holds the file against the schema that its features are built by.</summary>
    /// <param name="inputDim">Width of a feature row.</param>
    /// <param name="embeddingDim">Width that the schema states; 0 where it states none.</param>
    /// <exception cref="PermanentStageException">A width is another one: the files are not of one version.</exception>
    public void Require(int inputDim, int embeddingDim)
    {
        if (InputDim != inputDim)
            throw new PermanentStageException($"{_name}: {InputDim} inputs, expected {inputDim} by its feature schema");
        if (embeddingDim > 0 && EmbeddingDim != embeddingDim)
            throw new PermanentStageException($"{_name}: embeddings of {EmbeddingDim}, expected {embeddingDim} by its feature schema");
    }

    /// <summary>Embeds every row; row-major [rows, embedding_dim].</summary>
    public float[] Embed(SparseRows rows)
    {
        var embeddings = new float[checked(rows.Rows * EmbeddingDim)];
        Embed(rows, 0, rows.Rows, embeddings);
        return embeddings;
    }

    /// <summary>Embeds rows [start, start + count) in small dense batches.</summary>
    /// <param name="embeddings">Row-major [count, embedding_dim], overwritten.</param>
    /// <exception cref="ArgumentException">A width or a length does not match.</exception>
    public void Embed(SparseRows rows, int start, int count, Span<float> embeddings)
    {
        if (rows.Columns != InputDim)
            throw new ArgumentException($"rows of {rows.Columns} columns, expected {InputDim} as in the ONNX file");
        if (start < 0 || count < 0 || start > rows.Rows - count)
            throw new ArgumentException($"rows {start} to {start + (long)count}, expected a part of 0 to {rows.Rows}");
        if (embeddings.Length < (long)count * EmbeddingDim)
            throw new ArgumentException($"room for {embeddings.Length} values, expected {(long)count * EmbeddingDim}");

        var batchRows = Math.Clamp(BatchValues / InputDim, 1, Math.Min(MaxBatchRows, Math.Max(count, 1)));
        var dense = ArrayPool<float>.Shared.Rent(checked(batchRows * InputDim));
        try
        {
            for (var done = 0; done < count; done += batchRows)
            {
                var batch = Math.Min(batchRows, count - done);
                for (var row = 0; row < batch; row++)
                    rows.CopyRowTo(start + done + row, dense.AsSpan(row * InputDim, InputDim));
                Run(dense.AsMemory(0, batch * InputDim), batch, embeddings.Slice(done * EmbeddingDim, batch * EmbeddingDim));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(dense);
        }
    }

    /// <summary>Embeds one dense row.</summary>
    /// <param name="features">[input_dim].</param>
    public float[] Embed(float[] features)
    {
        if (features.Length != InputDim)
            throw new ArgumentException($"{features.Length} features, expected {InputDim} as in the ONNX file");
        var embedding = new float[EmbeddingDim];
        Run(features, 1, embedding);
        return embedding;
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private void Run(Memory<float> dense, int rows, Span<float> embeddings)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, dense, [rows, InputDim]);
        using var outputs = _session.Run(_run, _inputs, [input], _outputs);
        outputs[0].GetTensorDataAsSpan<float>().CopyTo(embeddings);
    }

    private static int Width(IReadOnlyDictionary<string, NodeMetadata> values, string name, string kind)
    {
        if (values.Count != 1)
            throw new PermanentStageException($"{name}: {values.Count} {kind}s ({string.Join(", ", values.Keys)}), expected 1");
        var (key, value) = values.First();
        if (value.ElementType != typeof(float) || value.Dimensions is not [_, > 0 and var width])
        {
            throw new PermanentStageException(
                $"{name}, {kind} {key}: {value.ElementType} [{string.Join(", ", value.Dimensions ?? [])}], expected float32 [batch, n]");
        }

        return width;
    }
}
