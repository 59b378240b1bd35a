using Retraining.Configuration;
using Retraining.Serving;

namespace Retraining.Host.Models;

/// <summary>Versions as readers see them: what is live, what was, what is recommended, and the way back.</summary>
internal sealed class ModelLedger(OpenVectorIndex openIndex, ResolveSettings settings)
{
    public async Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken)
    {
        await using var index = OpenIndex();
        return await index.ListVersionsAsync(cancellationToken);
    }

    public async Task<RecommendationList> RecommendAsync(string userId, int count, CancellationToken cancellationToken)
    {
        await using var index = OpenIndex();
        return await index.RecommendAsync(userId, count, cancellationToken);
    }

    private IVectorIndex OpenIndex() => openIndex(settings(null).Serving);
}
