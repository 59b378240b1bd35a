namespace Retraining.Export;

public sealed record ExportSettings
{
    /// <summary>Name of the user tower's ONNX input.</summary>
    public string UserInputName { get; init; } = "user_features";
    public string ItemInputName { get; init; } = "item_features";

    /// <summary>Largest absolute difference between the trainer's embedding and ONNX Runtime's.</summary>
    public double ParityTolerance { get; init; } = 1e-5;

    /// <summary>Payloads in <c>golden.json</c>.</summary>
    public int GoldenPayloads { get; init; } = 5;
}
