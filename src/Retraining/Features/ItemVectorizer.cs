using Retraining.Dataset;
using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Turns raw item payloads into feature rows. Thread-safe.</summary>
public sealed class ItemVectorizer
{
    private readonly ItemLayout _layout;
    private readonly DateTimeOffset? _newestRelease;

    /// <param name="newestRelease">What recency counts back from where the schema does not say it: the newest release of the snapshot.</param>
    /// <exception cref="PermanentStageException">The schema asks for what is not known.</exception>
    public ItemVectorizer(FeatureSpec spec, DateTimeOffset? newestRelease = null)
    {
        Spec = spec;
        _layout = new ItemLayout(spec);
        _newestRelease = newestRelease;
    }

    public FeatureSpec Spec { get; }

    /// <summary>Width of a row.</summary>
    public int Columns => _layout.Width;

    /// <summary>The newest <c>product_released_at</c> of a catalogue; null when no video has one.</summary>
    public static DateTimeOffset? NewestRelease(Catalogue catalogue) => catalogue.Videos.Max(video => video.ProductReleasedAt);

    /// <summary>Rows of all items, in the order of the catalogue.</summary>
    /// <param name="positives">Per item its likes in the training part, see <see cref="ItemPopularity"/>.</param>
    public SparseRows WriteAll(Catalogue catalogue, IReadOnlyList<int> positives, CancellationToken cancellationToken)
    {
        var rows = new SparseRows(Columns);
        foreach (var (start, end) in Shard.Whole.Groups(catalogue.Count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(catalogue, positives, start, end, rows);
        }

        return rows;
    }

    /// <summary>Appends the rows of items [start, end).</summary>
    /// <inheritdoc cref="WriteAll" path="/param"/>
    public void Write(Catalogue catalogue, IReadOnlyList<int> positives, int start, int end, SparseRows rows)
    {
        var writer = new RowWriter(Columns);
        for (var item = start; item < end; item++)
            Write(writer, ItemPayload.From(catalogue.Videos[item], positives[item]), rows);
    }

    /// <summary>Appends the row of one item.</summary>
    public void Write(ItemPayload payload, SparseRows rows) => Write(new RowWriter(Columns), payload, rows);

    /// <summary>The dense vector of one item, [<see cref="Columns"/>].</summary>
    public float[] Vector(ItemPayload payload)
    {
        var rows = new SparseRows(Columns);
        Write(payload, rows);
        var vector = new float[Columns];
        rows.CopyRowTo(0, vector);
        return vector;
    }

    private void Write(RowWriter writer, ItemPayload payload, SparseRows rows)
    {
        foreach (var (segment, offset, vocabulary) in _layout.Segments)
        {
            switch (segment.Type)
            {
                case SegmentType.StandardScore:
                case SegmentType.Log1pStandardScore:
                    WriteNumbers(writer, segment, offset, payload);
                    break;
                case SegmentType.OneHot:
                    if (vocabulary!.IndexOf(Attribute(segment, payload)) is >= 0 and var index)
                        writer.Value(offset + index, 1);
                    break;
                case SegmentType.HashedBow:
                    WriteText(writer, segment, offset, payload);
                    break;
                case SegmentType.DenseVector:
                    WriteVector(writer, segment, offset, payload);
                    break;
                default:
                    WriteTokens(writer, offset, vocabulary!, Tokens(segment, payload));
                    break;
            }
        }

        writer.EndRow(rows);
    }

    private void WriteNumbers(RowWriter writer, FeatureSegment segment, int offset, ItemPayload payload)
    {
        var reference = segment.Reference ?? _newestRelease;
        for (var k = 0; k < segment.Size; k++)
        {
            var feature = segment.Features![k];
            var scale = Spec.Normalizer.ItemNumeric[feature];
            var value = ItemNumber.Of(feature, payload, reference);
            if (segment.Type == SegmentType.StandardScore)
                writer.Value(offset + k, (float)scale.Apply(value ?? 0));
            else if (value is { } known)
                writer.Value(offset + k, (float)scale.Apply(Math.Log(1 + Math.Max(0, known))));
        }
    }

    private static void WriteTokens(RowWriter writer, int offset, Vocabulary vocabulary, IReadOnlyList<string> tokens)
    {
        writer.BeginBag();
        foreach (var token in tokens)
        {
            if (vocabulary.IndexOf(token) is >= 0 and var index)
                writer.Add(offset + index, 1);
        }

        writer.EndBag(l2: true);
    }

    private static void WriteText(RowWriter writer, FeatureSegment segment, int offset, ItemPayload payload)
    {
        var buckets = (uint)segment.Size;
        writer.BeginBag();
        TextTokens.Cut(payload.Title, token => writer.Add(offset + (int)(TextTokens.Fnv1a32(token) % buckets), 1));
        TextTokens.Cut(payload.Description, token => writer.Add(offset + (int)(TextTokens.Fnv1a32(token) % buckets), 1));
        writer.EndBag(l2: true);
    }

    private static void WriteVector(RowWriter writer, FeatureSegment segment, int offset, ItemPayload payload)
    {
        var vector = segment.From == "text_vector" ? payload.TextVector : payload.ImageVector;
        if (vector?.Length != segment.Size - 1)
            return;
        var squares = 0.0;
        foreach (var number in vector)
            squares += (double)number * number;
        var length = squares > 0 ? Math.Sqrt(squares) : 1;
        writer.Value(offset, 1);
        for (var k = 0; k < vector.Length; k++)
            writer.Value(offset + 1 + k, (float)(vector[k] / length));
    }

    private static IReadOnlyList<string> Tokens(FeatureSegment segment, ItemPayload payload) => (segment.From ?? segment.Name) switch
    {
        "tags" or "tag_vector" => payload.Tags,
        "performers" or "actress_vector" => payload.Performers,
        var other => throw Unknown(segment, other),
    };

    private static string? Attribute(FeatureSegment segment, ItemPayload payload) => (segment.From ?? segment.Name) switch
    {
        "video_id" => payload.VideoId,
        "maker" => payload.Maker,
        "label" => payload.Label,
        "series" => payload.Series,
        "source" => payload.Source,
        var other => throw Unknown(segment, other),
    };

    private static PermanentStageException Unknown(FeatureSegment segment, string from) =>
        new($"{FeatureSpecFiles.SchemaName}, item segment {segment.Name}: from {from}, expected a known payload field");
}
