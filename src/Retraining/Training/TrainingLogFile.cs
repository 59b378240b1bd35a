using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>
/// Loss and metric by epoch, a JSON object a line, and drawn as curves. The epochs of the search come first (<c>epoch</c>), then those of
/// the refit (<c>refit_epoch</c>), which have no metric: nothing is held out from them. Written whole after each epoch.
/// </summary>
public sealed class TrainingLogFile
{
    /// <summary>In the run's folder.</summary>
    public const string Name = "training_log.ndjson";

    /// <summary>The same as curves, in the run's folder.</summary>
    public const string CurvesName = "training_curves.svg";
    private readonly IArtifactStore _work;
    private readonly string _folder;
    private readonly string _metric;

    /// <param name="folder">The run's, with its closing slash.</param>
    /// <param name="metric">Name of the validation metric.</param>
    internal TrainingLogFile(IArtifactStore work, string folder, string metric) => (_work, _folder, _metric) = (work, folder, metric);

    internal Task<ArtifactRef> WriteCurvesAsync(
        IReadOnlyList<EpochReport> search, IReadOnlyList<EpochReport> refit, CancellationToken cancellationToken)
    {
        CurvePoint[] points =
            [.. search.Select((epoch, k) => new CurvePoint(epoch.Epoch, epoch.Loss, epoch.Metric, k < refit.Count ? refit[k].Loss : null))];
        var svg = CurveSvg.Draw(points, _metric, plannedEpochs: null, isFile: true);
        return _work.WriteAsync(
            _folder + CurvesName,
            (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(svg), token).AsTask(),
            WriteOptions.Private,
            cancellationToken);
    }

    internal Task<ArtifactRef> WriteAsync(
        IReadOnlyList<EpochReport> search, IReadOnlyList<EpochReport> refit, CancellationToken cancellationToken) => _work.WriteAsync(
        _folder + Name,
        async (stream, token) =>
        {
            foreach (var (number, epoch) in search.Select(epoch => ("epoch", epoch)).Concat(refit.Select(epoch => ("refit_epoch", epoch))))
            {
                await using (var json = new Utf8JsonWriter(stream))
                    Write(json, number, epoch, isRefit: number != "epoch");
                await stream.WriteAsync("\n"u8.ToArray(), token);
            }
        },
        WriteOptions.Private,
        cancellationToken);

    private void Write(Utf8JsonWriter json, string number, EpochReport epoch, bool isRefit)
    {
        json.WriteStartObject();
        json.WriteNumber(number, epoch.Epoch);
        json.WriteNumber("loss", epoch.Loss);
        json.WriteNumber("gradient_norm", epoch.GradientNorm);
        if (epoch.Metric is { } value && !isRefit)
            json.WriteNumber(_metric, value);
        json.WriteEndObject();
    }
}
