using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Model;
using TwoTower.Safetensors;

namespace Retraining.Export;

/// <summary>Reads a model from <c>model.safetensors</c>.</summary>
public static class TrainedWeights
{
    /// <exception cref="PermanentStageException">The file is broken or holds no two-tower model.</exception>
    public static async Task<TwoTowerModel> ReadAsync(IArtifactStore work, ArtifactRef weights, CancellationToken cancellationToken)
    {
        await using var stream = await work.OpenReadAsync(weights.Path, cancellationToken);
        try
        {
            return TwoTowerModel.FromTensors(await SafetensorsReader.ReadAsync(stream, cancellationToken));
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or ArgumentException)
        {
            throw new PermanentStageException($"{weights.Path}: {error.Message}", error);
        }
    }
}
