using System.Globalization;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Factorisation;
using TwoTower.Model;
using TwoTower.Safetensors;

namespace Retraining.Training;

/// <summary>
/// Keeps what is done before the first epoch, so that neither a resume nor a slice does it again: the trials so far with the best start
/// among them, and the factors of a factorisation under way.
/// </summary>
/// <param name="path">Of its files in the work store, up to their endings: <c>runs/{RunId}/training/start</c>.</param>
/// <param name="isOver">Asked after each sweep and each trial, once it is kept: true ends the training there; null never does.</param>
internal sealed class StartCheckpoint(IArtifactStore work, string path, Func<bool>? isOver, TimeProvider time)
{
    private static readonly TimeSpan FactorsInterval = TimeSpan.FromMinutes(1); // what a crash costs at most
    private readonly string _start = path + ".safetensors";
    private readonly string _factors = path + "_factors.safetensors";
    private long _factorsKept = time.GetTimestamp();

    /// <summary>Null when no trial was finished.</summary>
    public async Task<StartState?> LoadAsync(CancellationToken cancellationToken) => await ReadAsync(
        _start,
        (tensors, metadata) => new StartState(
            JsonSerializer.Deserialize<StartTrial[]>(metadata["trials"])!, TwoTowerModel.FromTensors(tensors)),
        cancellationToken);

    /// <exception cref="SliceOverException">It is time.</exception>
    public async Task TriedAsync(StartState state, CancellationToken cancellationToken)
    {
        await WriteAsync(_start, [.. state.Best.Tensors], new() { ["trials"] = JsonSerializer.Serialize(state.Trials) }, cancellationToken);
        if (await work.ExistsAsync(_factors, cancellationToken))
            await work.DeleteAsync(_factors, cancellationToken);
        if (isOver?.Invoke() == true)
            throw new SliceOverException();
    }

    /// <summary>Takes a factorisation to where the interrupted one of the same trial was.</summary>
    public async Task ContinueAsync(ImplicitAls factorisation, int trial, CancellationToken cancellationToken)
    {
        var kept = await ReadAsync(
            _factors,
            (tensors, metadata) => (
                Factors: new Factors(Values(tensors, "users"), Values(tensors, "items"), factorisation.Factors.Dim),
                Trial: int.Parse(metadata["trial"], CultureInfo.InvariantCulture),
                Sweeps: int.Parse(metadata["sweeps"], CultureInfo.InvariantCulture)),
            cancellationToken);
        if (kept.Trial == trial)
            factorisation.Continue(kept.Factors, kept.Sweeps);
    }

    /// <exception cref="SliceOverException">It is time.</exception>
    public async Task SweptAsync(ImplicitAls factorisation, int trial, CancellationToken cancellationToken)
    {
        var ends = isOver?.Invoke() == true;
        if (!ends && time.GetElapsedTime(_factorsKept) < FactorsInterval)
            return;
        var factors = factorisation.Factors;
        await WriteAsync(
            _factors,
            [Tensor("users", factors.Users, factors.Dim), Tensor("items", factors.Items, factors.Dim)],
            new() { ["trial"] = $"{trial}", ["sweeps"] = $"{factorisation.SweepsDone}" },
            cancellationToken);
        _factorsKept = time.GetTimestamp();
        if (ends)
            throw new SliceOverException();
    }

    private static NamedTensor Tensor(string name, float[] values, int dim) => new(name, [values.Length / dim, dim], values);

    private static float[] Values(IReadOnlyList<NamedTensor> tensors, string name) => tensors.Single(tensor => tensor.Name == name).Values;

    private Task<ArtifactRef> WriteAsync(
        string file, NamedTensor[] tensors, Dictionary<string, string> metadata, CancellationToken cancellationToken) => work.WriteAsync(
        file, (stream, token) => SafetensorsWriter.WriteAsync(stream, tensors, metadata, token), WriteOptions.Private, cancellationToken);

    private async Task<T?> ReadAsync<T>(
        string file, Func<IReadOnlyList<NamedTensor>, IReadOnlyDictionary<string, string>, T> read, CancellationToken cancellationToken)
    {
        if (!await work.ExistsAsync(file, cancellationToken))
            return default;
        await using var stream = await work.OpenReadAsync(file, cancellationToken);
        try
        {
            var metadata = await SafetensorsReader.ReadMetadataAsync(stream, cancellationToken);
            return read(await SafetensorsReader.ReadAsync(stream, cancellationToken), metadata);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or ArgumentException or KeyNotFoundException
            or FormatException or JsonException or InvalidOperationException)
        {
            throw new PermanentStageException($"{file}: {error.Message}", error);
        }
    }
}
