using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Serving;

/// <summary>The id that an index keeps a user under: the service's own, or the pseudonym that the sync made of it with the same key.</summary>
public sealed class IndexedUserIds(ReadPseudonymKey readKey)
{
    private readonly Lazy<UserPseudonyms?> _pseudonyms =
        new(() => readKey() is { Length: > 0 } key ? new UserPseudonyms(key, "users may be kept under pseudonyms") : null);

    /// <param name="userId">As <see cref="RowIds.Normalise"/> spells it.</param>
    /// <returns>Null where the environment has no key.</returns>
    /// <exception cref="PermanentStageException">The key is too short to be one.</exception>
    public string? PseudonymOf(string userId) => _pseudonyms.Value?.Of(userId);

    /// <param name="userId">As <see cref="RowIds.Normalise"/> spells it.</param>
    /// <param name="served">The version that the user's embedding is for.</param>
    /// <exception cref="PermanentStageException">The version keeps pseudonyms, and the environment has no key to tell this user's.</exception>
    public string IdIn(ServedVersion served, string userId) => !served.PseudonymisedUsers
        ? userId
        : PseudonymOf(userId) ?? throw new PermanentStageException(
            $"version {served.Version} keeps its users under pseudonyms, and the environment has no key to tell them by, expected the one of its sync");
}
