using System.ComponentModel.DataAnnotations;

namespace Retraining.Export;

public sealed record ExportSettings
{
    /// <summary>Name of the user tower's ONNX input.</summary>
    public string UserInputName { get; init; } = "user_features";
    public string ItemInputName { get; init; } = "item_features";

    /// <summary>Largest absolute difference between the trainer's embedding and ONNX Runtime's.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ParityTolerance { get; init; } = 1e-5;

    /// <summary>Payloads in <c>golden.json</c>.</summary>
    [Range(1, 100)]
    public int GoldenPayloads { get; init; } = 5;
}
