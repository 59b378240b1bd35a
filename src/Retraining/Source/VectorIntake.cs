using System.Globalization;
using System.Text.Json;
using Retraining.Dataset;

namespace Retraining.Source;

/// <summary>Checks one of the precomputed vectors of the videos while they are read. A bad one costs the vector, not its video.</summary>
/// <param name="name">Of the column.</param>
/// <param name="maxWidth">Most numbers; 0 leaves every vector out.</param>
internal sealed class VectorIntake(string name, Func<VideoRow, float[]?> read, Func<VideoRow, float[]?, VideoRow> write, int maxWidth)
{
    private readonly List<(int Video, string Origin, long Row, int Width)> _seen = [];
    private long _found;
    private long _putAside;

    /// <summary>Both columns.</summary>
    /// <inheritdoc cref="VectorIntake" path="/param[@name='maxWidth']"/>
    public static VectorIntake[] Of(int maxWidth) =>
    [
        new("text_vector", video => video.TextVector, (video, vector) => video with { TextVector = vector }, maxWidth),
        new("image_vector", video => video.ImageVector, (video, vector) => video with { ImageVector = vector }, maxWidth),
    ];

    public string Name => name;

    /// <summary>What was found; null when no video has such a vector.</summary>
    public VectorCounts? Counts => _found == 0 ? null : new(Width, _found - _putAside, _putAside);

    /// <summary>The commonest width; of two as common the larger one.</summary>
    private int Width => _seen.CountBy(vector => vector.Width).OrderByDescending(width => (width.Value, width.Key)).FirstOrDefault().Key;

    /// <summary>Looks at the newest video.</summary>
    /// <param name="origin">File or table of the newest.</param>
    /// <param name="row">Its position there.</param>
    /// <param name="videos">The newest last.</param>
    public async ValueTask AddAsync(string origin, long row, List<VideoRow> videos, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        if (read(videos[^1]) is not { } vector)
            return;
        if (maxWidth == 0 || vector.Length == 0)
        {
            videos[^1] = write(videos[^1], null);
            return;
        }

        _found++;
        if (FaultOf(vector) is { } fault)
            await PutAsideAsync(videos.Count - 1, origin, row, fault, videos, quarantine, cancellationToken);
        else
            _seen.Add((videos.Count - 1, origin, row, vector.Length));
    }

    /// <summary>Once every video is read: puts those of another width than most aside.</summary>
    public async ValueTask EndAsync(List<VideoRow> videos, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        var width = Width;
        foreach (var vector in _seen.Where(vector => vector.Width != width))
        {
            var fault = new RowFault(name, $"{vector.Width} numbers", $"{width} numbers, as most videos have");
            await PutAsideAsync(vector.Video, vector.Origin, vector.Row, fault, videos, quarantine, cancellationToken);
        }
    }

    private RowFault? FaultOf(float[] vector)
    {
        if (vector.Length > maxWidth)
            return new(name, $"{vector.Length} numbers", $"{maxWidth} or fewer (source.max_vector_width)");
        var bad = Array.FindIndex(vector, number => !float.IsFinite(number));
        if (bad < 0)
            return null;
        var found = vector is [float.NaN] ? "no list of numbers" : $"{vector[bad].ToString(CultureInfo.InvariantCulture)} in place {bad + 1} of {vector.Length}";
        return new(name, found, "a list of finite numbers");
    }

    private ValueTask PutAsideAsync(
        int video, string origin, long row, RowFault fault, List<VideoRow> videos, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        _putAside++;
        videos[video] = write(videos[video], null);
        var content = JsonSerializer.Serialize(new { videos[video].Id }, RowJson.Line); // the rest of the row is kept
        return quarantine.AddAsync(new SourceRow<Video>(origin, row, null, null), fault with { Raw = content }, false, cancellationToken);
    }
}
