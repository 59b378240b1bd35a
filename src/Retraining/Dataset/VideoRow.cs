using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>A video of a snapshot in the making.</summary>
/// <param name="Missing">As <see cref="PackedVideo.Missing"/>.</param>
/// <param name="Texts">Where they lie in <see cref="SnapshotRows.Texts"/>.</param>
internal readonly record struct VideoRow(
    string Id, VideoNumbers Numbers, int Missing, BytePlace Texts, float[]? TextVector, float[]? ImageVector)
{
    public bool Lacks(VideoText text) => (Missing & (1 << (int)text)) != 0;
}
