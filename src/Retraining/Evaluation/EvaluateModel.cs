using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Publish;
using Retraining.Training;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Scores the challenger on the hold-out, and beside it the reigning champion, the reference, popularity and chance.</summary>
public sealed class EvaluateModel(IArtifactStore work, OpenPublishStore openPublishStore) : IStage<EvaluateModel.Input, EvaluationReport>
{
    public sealed record Input(TrainingData Data, TrainedModel Challenger, EvaluationSettings Evaluation, PublishSettings Publish);

    /// <exception cref="PermanentStageException">Nobody has a like in the hold-out, or a file does not fit.</exception>
    public async Task<EvaluationReport> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var set = await TrainingSet.ReadAsync(work, input.Data, cancellationToken);
        bool[] candidates = [.. set.Catalogue.Videos.Select(video => video.IsActive)];
        var part = HeldOutPart.HoldOut(set.Log, set.Split, candidates);
        if (part.Count == 0)
            throw new PermanentStageException("hold-out: 0 users with a like of an active video, expected at least 1");

        var evaluator = new ModelEvaluator(input.Evaluation, part, candidates, set.Popularity, ItemAttributes.Of(set.Catalogue));
        var model = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);
        var items = model.Item.Embed(set.Items, threads: 0, cancellationToken);
        var health = EmbeddingHealth.Of(items, model.Shape.EmbeddingDim);
        if (health.NonFinite > 0)
            throw new PermanentStageException($"{input.Challenger.Weights.Path}: {health.NonFinite} values of the item embeddings are not finite, expected none");

        var users = part.Embed(set.Spec, set.Catalogue, rows => model.User.Embed(rows, threads: 0, cancellationToken));
        var scorer = new EmbeddingScorer(users, items, model.Shape.EmbeddingDim);
        var published = await ChampionModel.OpenAsync(openPublishStore, input.Publish, cancellationToken);
        List<(string Name, ModelQuality Quality)> models = [("challenger", Evaluate(scorer, "the challenger", 0))];
        foreach (var (name, version) in published)
            models.Add((name, Evaluate(await version.ScoreAsync(set, part, cancellationToken), $"the {name} {version.Version}", 0.25)));
        models.Add(("popularity", Evaluate(new PopularityScorer(part.Count, set.Popularity), "popularity", 0.5)));
        models.Add(("random", Evaluate(new RandomScorer(part.Count, set.Catalogue.Count, input.Evaluation.Seed), "chance", 0.6)));

        context.Progress.Report(new() { Message = "intervals", Fraction = 0.7 });
        var file = new EvaluationFile(input.Evaluation, Segment.Of(input.Evaluation, part, evaluator.ColdTargets));
        return new()
        {
            File = await file.WriteAsync(work, context.Folder + "evaluation.json", models, Version("champion"), part, cancellationToken),
            PerUser = await PerUserFile.WriteAsync(work, context.Folder + "evaluation_users.parquet", part, models, cancellationToken),
            Challenger = Means("challenger")!,
            Popularity = Means("popularity")!,
            Champion = Means("champion"),
            ChampionVersion = Version("champion"),
            ReferenceVersion = Version("reference"),
            ItemEmbeddings = health,
            Users = part.Count,
        };

        ModelQuality Evaluate(IItemScorer scorer, string who, double fraction)
        {
            context.Progress.Report(new() { Message = $"ranking for {who}", Fraction = fraction });
            return evaluator.Evaluate(scorer, cancellationToken);
        }

        string? Version(string name) => published.FirstOrDefault(entry => entry.Name == name).Model?.Version;

        IReadOnlyDictionary<string, double>? Means(string name) =>
            models.FirstOrDefault(entry => entry.Name == name).Quality?.Means().Where(entry => double.IsFinite(entry.Value)).ToDictionary(StringComparer.Ordinal);
    }
}
