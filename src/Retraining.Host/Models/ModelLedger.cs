using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Host.Models;

/// <summary>Versions as readers see them: what is live, what was, what is recommended, and the way back.</summary>
internal sealed class ModelLedger(OpenVectorIndex openIndex, OpenPublishStore openStore, ResolveSettings settings)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken)
    {
        await using var index = openIndex(settings(null).Serving);
        return await index.ListVersionsAsync(cancellationToken);
    }

    public async Task<RecommendationList> RecommendAsync(string userId, int count, CancellationToken cancellationToken)
    {
        await using var index = openIndex(settings(null).Serving);
        return await index.RecommendAsync(userId, count, cancellationToken);
    }

    /// <summary>Makes a version live that is published and still loaded: model, videos and users together.</summary>
    /// <param name="by">Who asked.</param>
    /// <param name="reason">Goes into the ledger.</param>
    /// <returns>Null when the ledger has no such version.</returns>
    /// <exception cref="Execution.PermanentStageException">It is not published whole, or its embeddings are gone.</exception>
    public async Task<Activation?> ActivateAsync(string version, string by, string reason, CancellationToken cancellationToken)
    {
        if (!VersionName.IsValid(version) || (await ListAsync(cancellationToken)).All(known => known.Version != version))
            return null;
        var inForce = settings(null);
        return await new ModelSwitch(openStore, openIndex, inForce.Publish, inForce.Serving).RollBackAsync(version, by, reason, cancellationToken);
    }
}
