using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>All that training and evaluation work on, in memory.</summary>
internal sealed record TrainingSet
{
    public required Catalogue Catalogue { get; init; }
    public required InteractionLog Log { get; init; }
    public required TimeSplit Split { get; init; }
    public required FeatureSpec Spec { get; init; }

    /// <summary>Per item its likes in the training part.</summary>
    public required int[] Popularity { get; init; }

    /// <summary>Feature rows of all items, in order of the catalogue.</summary>
    public required SparseRows Items { get; init; }
    public required HistoryVectorizer Users { get; init; }

    /// <summary>Reads a run's snapshot, specification and item features.</summary>
    public static async Task<TrainingSet> ReadAsync(IArtifactStore work, TrainingData data, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotReader.ReadAsync(work, data.Snapshot, cancellationToken);
        var spec = await FeatureSpec.ReadAsync(work, data.Features, cancellationToken);
        var split = TimeSplit.Of(snapshot.Log, data.Split);
        var (_, items) = await FeatureTableFile.ReadAsync(work, data.Items, cancellationToken);
        return new()
        {
            Catalogue = snapshot.Catalogue,
            Log = snapshot.Log,
            Split = split,
            Spec = spec,
            Popularity = ItemPopularity.Count(snapshot.Log, split, snapshot.Catalogue.Count),
            Items = items,
            Users = new HistoryVectorizer(spec, snapshot.Catalogue, snapshot.Log),
        };
    }

    /// <summary>The same features with other likes to train on; the item rows stay as they are.</summary>
    public TrainingSet With(InteractionLog log, TimeSplit split) => this with
    {
        Log = log,
        Split = split,
        Popularity = ItemPopularity.Count(log, split, Catalogue.Count),
        Users = new HistoryVectorizer(Spec, Catalogue, log),
    };

    /// <summary>The same data in another specification's features: a champion's.</summary>
    public TrainingSet As(FeatureSpec spec, CancellationToken cancellationToken) => Build(Catalogue, Log, Split, spec, cancellationToken);

    /// <summary>Builds the item rows from the catalogue.</summary>
    public static TrainingSet Build(
        Catalogue catalogue, InteractionLog log, TimeSplit split, FeatureSpec spec, CancellationToken cancellationToken)
    {
        var popularity = ItemPopularity.Count(log, split, catalogue.Count);
        return new()
        {
            Catalogue = catalogue,
            Log = log,
            Split = split,
            Spec = spec,
            Popularity = popularity,
            Items = new ItemVectorizer(spec, ItemVectorizer.NewestRelease(catalogue)).WriteAll(catalogue, popularity, cancellationToken),
            Users = new HistoryVectorizer(spec, catalogue, log),
        };
    }
}
