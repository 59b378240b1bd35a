using System.Runtime.CompilerServices;

namespace Retraining.Source;

/// <summary>Another source's rows for tables whose user ids are UUIDs: with UUIDs made from pseudonyms, and without display names.</summary>
/// <param name="source">Disposed with this one.</param>
/// <param name="pseudonyms">The same user gets the same UUID every time.</param>
public sealed class PseudonymSource(ISource source, UserPseudonyms pseudonyms) : ISource
{
    public string Location => source.Location;

    public ReviewCounts? Reviews => source.Reviews;

    public IReadOnlyList<FetchedTable>? Fetched => source.Fetched;

    public async IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in source.ReadProfilesAsync(cancellationToken))
        {
            yield return row.Value is not { } profile ? row
                : row with { Value = profile with { UserId = UuidOf(profile.UserId), DisplayName = null } };
        }
    }

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) =>
        source.ReadVideosAsync(cancellationToken);

    public async IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in source.ReadDecisionsAsync(cancellationToken))
            yield return row.Value is { } decision ? row with { Value = decision with { UserId = UuidOf(decision.UserId) } } : row;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private string UuidOf(string userId) => NamedUuid.Of(pseudonyms.Of(userId));
}
