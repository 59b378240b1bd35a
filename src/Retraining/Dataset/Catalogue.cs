namespace Retraining.Dataset;

/// <summary>All videos of a snapshot by index, in ordinal order of their id. An item index means a position here, everywhere.</summary>
public sealed class Catalogue
{
    public required string[] VideoIds { get; init; }

    /// <summary>Per item its raw attributes, aligned with <see cref="VideoIds"/>.</summary>
    public required Source.Video[] Videos { get; init; }

    public int Count => VideoIds.Length;

    /// <summary>Index of a video id, or -1.</summary>
    public int IndexOf(string videoId)
    {
        var index = Array.BinarySearch(VideoIds, videoId, StringComparer.Ordinal);
        return index < 0 ? -1 : index;
    }
}
