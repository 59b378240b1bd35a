using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Host.Models;

/// <summary>Versions as readers see them: what is live, what was, what is recommended, and the way back.</summary>
internal sealed class ModelLedger(OpenVectorIndex openIndex, OpenPublishStore openStore, ResolveSettings settings, IndexedUserIds ids)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken)
    {
        await using var index = openIndex(settings(null).Serving);
        return await index.ListVersionsAsync(cancellationToken);
    }

    /// <param name="userId">As the service knows the user.</param>
    public async Task<RecommendationList> RecommendAsync(string userId, int count, CancellationToken cancellationToken)
    {
        await using var index = openIndex(settings(null).Serving);
        return await index.RecommendAsync(userId, ids.PseudonymOf(userId), count, cancellationToken);
    }

    /// <summary>What was live at a moment; null when nothing was.</summary>
    public async Task<Activation?> FindLiveAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var index = openIndex(settings(null).Serving);
        return await index.FindLiveAsync(at, cancellationToken);
    }

    /// <summary>Makes a published version live: model, videos and users together. One that is no longer loaded is loaded from its published files.</summary>
    /// <param name="by">Who asked.</param>
    /// <param name="reason">Goes into the ledger.</param>
    /// <returns>Null when the ledger has no such version.</returns>
    /// <exception cref="PermanentStageException">It is not published whole.</exception>
    public async Task<Activation?> ActivateAsync(string version, string by, string reason, CancellationToken cancellationToken)
    {
        if (!VersionName.IsValid(version) || (await ListAsync(cancellationToken)).All(known => known.Version != version))
            return null;
        var inForce = settings(null);
        var rollback = new VersionRollback(openStore, openIndex, inForce.Publish, inForce.Serving, inForce.Source.PositiveDecisions);
        return await rollback.RunAsync(version, by, reason, new Progress<StageProgress>(), cancellationToken);
    }
}
