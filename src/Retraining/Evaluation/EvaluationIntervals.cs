using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>
/// Every metric of every model and segment with its interval, and how the first model differs from each other one: one bootstrap for all.
/// </summary>
internal sealed class EvaluationIntervals
{
    private readonly Dictionary<(string Model, bool IsDifference, string Segment), List<MetricInterval>> _intervals = [];

    public EvaluationIntervals(
        UserBootstrap bootstrap, IReadOnlyList<Segment> segments, IReadOnlyList<(string Name, ModelQuality Quality)> models,
        CancellationToken cancellationToken)
    {
        List<((string, bool, string) Place, UserValues Values)> asked = [];
        foreach (var (segment, metricsOf, counted) in segments)
        {
            var first = metricsOf(models[0].Quality);
            foreach (var (model, quality) in models)
            {
                var own = metricsOf(quality);
                asked.AddRange(own.Names.Select(name => ((model, false, segment), new UserValues(own, name, null, counted))));
                if (own != first)
                    asked.AddRange(own.Names.Select(name => ((model, true, segment), new UserValues(first, name, own, counted))));
            }
        }

        var intervals = bootstrap.Intervals([.. asked.Select(entry => entry.Values)], cancellationToken);
        foreach (var ((place, values), interval) in asked.Zip(intervals))
        {
            if (!_intervals.TryGetValue(place, out var list))
                _intervals[place] = list = [];
            list.Add(new(values.Name, interval));
        }
    }

    /// <summary>By metric, in the order of the metrics.</summary>
    public IReadOnlyList<MetricInterval> Of(string model, string segment) => _intervals[(model, false, segment)];

    /// <summary>The first model minus this one.</summary>
    /// <inheritdoc cref="Of"/>
    public IReadOnlyList<MetricInterval> Beside(string model, string segment) => _intervals[(model, true, segment)];
}
