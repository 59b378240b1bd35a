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
    /// <param name="userId">As the service knows the user.</param>
    /// <param name="pseudonym">What a version that was trained on pseudonyms knows the user by; null where there is no key to tell.</param>
    Task<RecommendationList> RecommendAsync(string userId, string? pseudonym, int count, CancellationToken cancellationToken);

    /// <summary>Some users that have an embedding in the live version, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken);

    /// <summary>The version whose users readers see; null when none is live.</summary>
    Task<ServedVersion?> FindServedAsync(CancellationToken cancellationToken);

    /// <summary>The same, and what a user's embedding is computed from, out of the newest decisions.</summary>
    /// <param name="positiveDecisions">Decision types that are likes.</param>
    /// <param name="asOf">Decisions after it do not count.</param>
    /// <returns>No payload where the index does not lie beside the service's tables.</returns>
    /// <exception cref="PermanentStageException">The service's tables have no such ids.</exception>
    Task<(ServedVersion? Served, UserPayload? Payload)> ReadUserAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken);

    /// <summary>Writes or replaces the embedding of one user if <paramref name="version"/> is the live one.</summary>
    /// <returns>The live version; another one than was given when nothing was stored.</returns>
    /// <exception cref="PermanentStageException">The live version's users are pseudonyms and this one is none, or its vectors have another width.</exception>
    Task<string?> StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken);
}
