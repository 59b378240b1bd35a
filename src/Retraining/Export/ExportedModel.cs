using Retraining.Artifacts;

namespace Retraining.Export;

/// <summary>The model in the formats that others read, proven in ONNX Runtime.</summary>
public sealed record ExportedModel
{
    /// <summary>ONNX files, schema, normaliser, vocabularies, safetensors, PyTorch state dict, golden payloads.</summary>
    public required IReadOnlyList<ArtifactRef> Files { get; init; }

    /// <summary>Largest absolute difference to ONNX Runtime that was seen.</summary>
    public required double MaxDifference { get; init; }
}
