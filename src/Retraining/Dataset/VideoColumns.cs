using System.Buffers;
using System.Runtime.InteropServices;
using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Columns of the row groups of <c>videos.parquet</c>, one group at a time: their memory is used again for the next.</summary>
internal sealed class VideoColumns(SnapshotRows rows)
{
    private readonly ArrayBufferWriter<byte>[] _bytes =
        [.. Enumerable.Range(0, PackedVideo.SingleTexts + PackedVideo.Lists).Select(_ => new ArrayBufferWriter<byte>(1 << 16))];

    /// <param name="from">First video.</param>
    /// <param name="to">After the last one.</param>
    /// <returns>Valid until the next group is asked for.</returns>
    public object[] Of(int from, int to)
    {
        var videos = CollectionsMarshal.AsSpan(rows.Videos)[from..to];
        var (ends, counts) = Split(videos);
        object Text(VideoText text) => new PlainTexts(ends[(int)text], _bytes[(int)text].WrittenMemory);
        object List(VideoText list) =>
            new PlainTextLists(counts[(int)list - PackedVideo.SingleTexts], ends[(int)list], _bytes[(int)list].WrittenMemory);
        return
        [
            Column(videos, (in VideoRow v) => v.Id),
            Text(VideoText.ExternalId),
            Text(VideoText.Title),
            Text(VideoText.Description),
            Column(videos, (in VideoRow v) => v.Numbers.DurationSeconds),
            Column(videos, (in VideoRow v) => v.Numbers.Price),
            Text(VideoText.Maker),
            Text(VideoText.Label),
            Text(VideoText.Series),
            Text(VideoText.Director),
            Text(VideoText.Source),
            Text(VideoText.ProductUrl),
            Text(VideoText.ThumbnailUrl),
            Column(videos, (in VideoRow v) => v.Numbers.ProductReleasedAt),
            Column(videos, (in VideoRow v) => v.Numbers.DistributionStartedAt),
            Column(videos, (in VideoRow v) => v.Numbers.PublishedAt),
            Column(videos, (in VideoRow v) => v.Numbers.CreatedAt),
            Column(videos, (in VideoRow v) => (int?)v.Numbers.SafetyLevel),
            List(VideoText.RegionCodes),
            Column(videos, (in VideoRow v) => v.Numbers.IsActive),
            List(VideoText.Tags),
            List(VideoText.Performers),
            Column(videos, (in VideoRow v) => v.TextVector ?? []),
            Column(videos, (in VideoRow v) => v.ImageVector ?? []),
        ];
    }

    /// <summary>Brings each text together with those of its column. A video's lie side by side, so that each is looked up once.</summary>
    /// <returns>By text where each row's end, and by list how many texts the rows before have.</returns>
    private (int[][] Ends, int[][] Counts) Split(ReadOnlySpan<VideoRow> videos)
    {
        var length = videos.Length;
        int[][] ends = [.. _bytes.Select(_ => new int[length])], counts = [.. Enumerable.Range(0, PackedVideo.Lists).Select(_ => new int[length + 1])];
        foreach (var column in _bytes)
            column.ResetWrittenCount();
        for (var row = 0; row < length; row++)
        {
            var texts = new PackedTexts(rows.Texts[videos[row].Texts]);
            for (var text = 0; text < _bytes.Length; text++)
            {
                var list = text - PackedVideo.SingleTexts;
                var count = 0;
                _bytes[text].Write(list < 0 ? texts.Next() : texts.NextList(out count));
                ends[text][row] = _bytes[text].WrittenCount;
                if (list >= 0)
                    counts[list][row + 1] = counts[list][row] + count;
            }
        }

        return (ends, counts);
    }

    private static T[] Column<T>(ReadOnlySpan<VideoRow> rows, ReadValue<T> value)
    {
        var column = new T[rows.Length];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(in rows[i]);
        return column;
    }

    private delegate T ReadValue<T>(in VideoRow row);
}
