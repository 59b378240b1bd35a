using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Says what is wrong with a trainer's inputs before any work is done.</summary>
internal static class TrainerOptionsCheck
{
    /// <exception cref="ArgumentException">Names the first value that does not fit.</exception>
    public static void Check(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options)
    {
        Require(items.Columns == model.Shape.ItemInputDim, $"item rows of {items.Columns} columns, expected {model.Shape.ItemInputDim}");
        Require(source.UserColumns == model.Shape.UserInputDim, $"user rows of {source.UserColumns} columns, expected {model.Shape.UserInputDim}");
        Require(items.Rows > 0, "no items, expected at least 1");
        Require(source.StepsPerEpoch > 0, $"{source.StepsPerEpoch} steps in an epoch, expected at least 1");
        Require(source.TargetProbability.Length == items.Rows, $"{source.TargetProbability.Length} target probabilities, expected one for each of {items.Rows} items");
        Require(options.Temperature > 0, $"temperature {options.Temperature}, expected above 0");
        Require(options.LearningRate > 0, $"learning rate {options.LearningRate}, expected above 0");
        Require(options.Epochs > 0, $"{options.Epochs} epochs, expected at least 1");
        Require(options.Negatives >= 1 || options.Loss != TrainingLoss.BinaryCrossEntropy, $"{options.Negatives} negatives, expected at least 1");
        Require(options.ExplodingNorm > 1, $"exploding norm {options.ExplodingNorm}, expected above 1");
        Require(options.ExplodingSteps >= 1, $"{options.ExplodingSteps} exploding steps, expected at least 1");
        Share(options.Dropout, "dropout");
        Share(options.UserInputDropout, "user input dropout");
        Share(options.ItemInputDropout, "item input dropout");
        Require(options.IdDropout is >= 0 and <= 1, $"id dropout {options.IdDropout}, expected 0 to 1");
        Require(options.FinalLearningRate is >= 0 and <= 1, $"final learning rate {options.FinalLearningRate}, expected a share from 0 to 1");
    }

    private static void Share(double value, string name) => Require(value is >= 0 and < 1, $"{name} {value}, expected 0 to below 1");

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }
}
