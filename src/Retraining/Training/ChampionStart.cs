using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Publish;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>The live version as something to go on training from.</summary>
internal sealed class ChampionStart
{
    private const string WeightsName = "model.safetensors";
    private const string NoVersion = "none";
    private readonly TwoTowerModel _weights;
    private readonly FeatureSpec _spec;
    private readonly long _asOf;
    private readonly SplitSettings _split;

    private ChampionStart(string version, TwoTowerModel weights, FeatureSpec spec, long asOf, SplitSettings split) =>
        (Version, _weights, _spec, _asOf, _split) = (version, weights, spec, asOf, split);

    /// <summary>Fewest users that early stopping must be left with.</summary>
    public static int MinUsers => 100;

    public string Version { get; }

    /// <summary>Reads the reigning version's weights; null when there is none, or one whose weights and origin were not published.</summary>
    /// <param name="note">Path in the work store that keeps the version's name: a resumed training must start from the same one.</param>
    /// <exception cref="PermanentStageException">A file of the version is missing or broken.</exception>
    public static async Task<ChampionStart?> ReadAsync(
        IArtifactStore work, string note, OpenPublishStore open, PublishSettings settings, CancellationToken cancellationToken)
    {
        var models = ModelStore.Open(open, settings);
        var version = await ReadNoteAsync(work, note, cancellationToken);
        if (version is null)
        {
            version = (await models.ReadReigningAsync(cancellationToken))?.Version ?? NoVersion;
            await work.WriteAsync(note, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(version), token).AsTask(), WriteOptions.Private, cancellationToken);
        }

        if (version == NoVersion || await models.ReadManifestAsync(version, cancellationToken) is not { } manifest || Origin(manifest) is not { } origin)
            return null;
        var (store, file) = (open(settings), manifest.Files.FirstOrDefault(entry => entry.Path == WeightsName));
        if (file is null)
            return null;
        var weights = await TrainedWeights.ReadAsync(store, new(models.FolderOf(version) + WeightsName, file.Sha256, file.SizeBytes), cancellationToken);
        return new(version, weights, await FeatureSpec.ReadAsync(store, models.FolderOf(version), cancellationToken), origin.AsOf, origin.Split);
    }

    /// <summary>The champion's weights in the columns of other features; null when its layers are not of that shape.</summary>
    public TwoTowerModel? ModelOf(ModelShape shape, FeatureSpec spec, int seed) => WarmStart.Fits(shape, _weights)
        ? WarmStart.From(shape, _weights, ColumnOrigins.OfUsers(spec, _spec), ColumnOrigins.OfItems(spec, _spec), seed)
        : null;

    /// <summary>
    /// The validation part without the users whose validation likes the champion has learnt from: it would look good on them without being
    /// good, and the less it trained the better.
    /// </summary>
    /// <inheritdoc cref="HeldOutPart.Validation"/>
    public HeldOutPart Unseen(InteractionLog log, TimeSplit split, bool[] candidates, int mostUsers)
    {
        var known = log.Until(_asOf);
        var learnt = TimeSplit.Of(known, _split);
        return HeldOutPart.Of(
            log, split.ValidationStart,
            user => split.ValidationStart[user] - log.Offsets[user] >= learnt.HoldOutStart[user] - known.Offsets[user] ? split.ValidationTargets(user) : [],
            candidates, mostUsers);
    }

    private static async Task<string?> ReadNoteAsync(IArtifactStore work, string note, CancellationToken cancellationToken)
    {
        if (!await work.ExistsAsync(note, cancellationToken))
            return null;
        await using var stream = await work.OpenReadAsync(note, cancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Until when the version's data went and how it was divided; null when its manifest does not say.</summary>
    private static (long AsOf, SplitSettings Split)? Origin(PublishedManifest manifest)
    {
        try
        {
            var meta = manifest.ModelMeta;
            var split = meta.GetProperty("config").GetProperty("split").Deserialize<SplitSettings>(ModelMeta.Json);
            return split is null ? null : (meta.GetProperty("data").GetProperty("as_of").GetDateTimeOffset().ToUnixTimeMilliseconds(), split);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            return null;
        }
    }
}
