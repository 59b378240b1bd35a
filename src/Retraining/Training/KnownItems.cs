using Retraining.Dataset;

namespace Retraining.Training;

/// <summary>Per user the items that were liked, and those that were only turned down, in the training part: ascending, as compressed rows.</summary>
internal sealed class KnownItems
{
    private readonly int[] _likedOffsets;
    private readonly int[] _dislikedOffsets;
    private readonly int[] _liked;
    private readonly int[] _disliked;

    /// <param name="cancellationToken">Checked for every user.</param>
    public KnownItems(InteractionLog log, TimeSplit split, CancellationToken cancellationToken)
    {
        _likedOffsets = new int[log.Users + 1];
        _dislikedOffsets = new int[log.Users + 1];
        List<int> liked = [], disliked = [];
        SortedSet<int> likes = [], dislikes = [];
        for (var user = 0; user < log.Users; user++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            likes.Clear();
            dislikes.Clear();
            for (var e = log.Offsets[user]; e < split.ValidationStart[user]; e++)
                (log.Positive[e] ? likes : dislikes).Add(log.Item[e]);
            dislikes.ExceptWith(likes);
            liked.AddRange(likes);
            disliked.AddRange(dislikes);
            _likedOffsets[user + 1] = liked.Count;
            _dislikedOffsets[user + 1] = disliked.Count;
        }

        _liked = [.. liked];
        _disliked = [.. disliked];
    }

    public ReadOnlySpan<int> Liked(int user) => _liked.AsSpan(_likedOffsets[user].._likedOffsets[user + 1]);

    public ReadOnlySpan<int> Disliked(int user) => _disliked.AsSpan(_dislikedOffsets[user].._dislikedOffsets[user + 1]);
}
