using Retraining.Execution;
using Retraining.Features;

namespace Retraining.Serving;

/// <summary>
/// Where readers look for neighbours: one generation of videos and users per version, exactly one of them live.
/// Readers never see vectors of two versions together.
/// </summary>
public interface IVectorIndex : IAsyncDisposable
{
    /// <summary>Where this is, for people; no secrets.</summary>
    string Location { get; }

    /// <summary>Loads and indexes videos or users beside the live generation. Repeatable; readers see nothing of it.</summary>
    /// <exception cref="PermanentStageException">A row cannot be taken, or the index answers too differently from an exact search.</exception>
    Task<LoadedEmbeddings> LoadAsync(EmbeddingLoad load, CancellationToken cancellationToken);

    /// <summary>Makes a loaded version live, model, videos and users at once, with its line in the ledger. Repeatable.</summary>
    /// <exception cref="PermanentStageException">Videos or users of that version are not loaded.</exception>
    Task<Activation> ActivateAsync(VersionChange change, CancellationToken cancellationToken);

    /// <summary>The ledger, newest version first.</summary>
    Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(CancellationToken cancellationToken);

    /// <summary>What was live at a moment; null when nothing was.</summary>
    Task<Activation?> FindLiveAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Drops generations that are neither live nor among the newest retired ones that the settings keep.</summary>
    /// <param name="dryRun">Only says which.</param>
    /// <returns>Their versions.</returns>
    Task<IReadOnlyList<string>> DropRetiredAsync(bool dryRun, CancellationToken cancellationToken);

    /// <summary>What is loaded of a version, measured now.</summary>
    /// <param name="videoIds">Videos whose stored embeddings are wanted.</param>
    /// <returns>Videos and users; empty when the version is not loaded.</returns>
    Task<IReadOnlyList<IndexedEmbeddings>> InspectAsync(string version, IEnumerable<string> videoIds, CancellationToken cancellationToken);

    /// <summary>The best <paramref name="count"/> videos for a user, without those decided on or inactive; popular ones for an unknown user.</summary>
    Task<RecommendationList> RecommendAsync(string userId, int count, CancellationToken cancellationToken);

    /// <summary>Some users that have an embedding in the live version, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken);

    /// <summary>What a user's embedding is computed from, out of the newest decisions.</summary>
    /// <param name="positiveDecisions">Decision types that are likes.</param>
    /// <param name="asOf">Decisions after it do not count.</param>
    /// <returns>Null where the index does not lie beside the service's tables.</returns>
    Task<UserPayload?> ReadPayloadAsync(string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken);

    /// <summary>Writes or replaces the embedding of one user in the live version.</summary>
    /// <exception cref="PermanentStageException"><paramref name="version"/> is not the live one.</exception>
    Task StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken);
}
