using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Publish;
using Retraining.Training;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>
/// A published version that challengers are held against, as its readers have it: schema, normaliser, vocabularies and ONNX files from the
/// publish store.
/// </summary>
internal sealed class ChampionModel(IArtifactStore store, ModelStore models, string version)
{
    public string Version { get; } = version;

    /// <summary>
    /// The reigning version as <c>champion</c>, and as <c>reference</c> the one that challengers are held against beside it, unless that is
    /// the same one or is published no more. None when nothing was published yet.
    /// </summary>
    public static async Task<IReadOnlyList<(string Name, ChampionModel Model)>> OpenAsync(
        OpenPublishStore open, PublishSettings settings, CancellationToken cancellationToken)
    {
        var (store, models) = (open(settings), ModelStore.Open(open, settings));
        if (await models.ReadReigningAsync(cancellationToken) is not { } reigning)
            return [];

        var champion = ("champion", new ChampionModel(store, models, reigning.Version));
        return reigning.ReferenceVersion is { } reference && reference != reigning.Version
            && await models.ReadManifestAsync(reference, cancellationToken) is not null
            ? [champion, ("reference", new(store, models, reference))]
            : [champion];
    }

    /// <summary>Embeds the users of a held-out part and the whole catalogue, in the version's own features.</summary>
    /// <exception cref="PermanentStageException">A file is missing or does not fit the others.</exception>
    public async Task<EmbeddingScorer> ScoreAsync(TrainingSet set, HeldOutPart part, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(store, models.FolderOf(Version), cancellationToken);
        var own = set.As(spec, cancellationToken);
        using var users = await LoadAsync("user_tower.onnx", cancellationToken);
        using var items = await LoadAsync("item_tower.onnx", cancellationToken);
        users.Require(spec.UserInputDim, spec.EmbeddingDim);
        items.Require(spec.ItemInputDim, spec.EmbeddingDim);
        return new(part.Embed(spec, set.Catalogue, users.Embed), items.Embed(own.Items), users.EmbeddingDim);
    }

    private async Task<OnnxTower> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var path = models.FolderOf(Version) + name;
        try
        {
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            return OnnxTower.Load(bytes.ToArray(), path);
        }
        catch (ArtifactNotFoundException error)
        {
            throw new PermanentStageException($"{path}: not found, expected it in the published version {Version}", error);
        }
    }
}
