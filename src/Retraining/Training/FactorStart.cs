using Retraining.Execution;
using TwoTower.Factorisation;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>
/// A model to start from: the likes are factorised, and the linear parts of both towers are fitted to give those factors. The hidden layers
/// start without a say, but for users without a history.
/// </summary>
/// <param name="set">Its training part is factorised.</param>
/// <param name="checkpoint">Keeps the factors of an interrupted factorisation; null keeps nothing.</param>
/// <param name="progress">Receives what is being done.</param>
internal sealed class FactorStart(TrainingSet set, StartCheckpoint? checkpoint, Action<StageProgress> progress)
{
    /// <param name="shape">Sizes; the linear part must be there.</param>
    /// <param name="trial">From 1; tells the factors of one trial from those of another.</param>
    /// <param name="settings">λ, α and what examples weigh.</param>
    /// <exception cref="SliceOverException">The checkpoint says that it is time.</exception>
    public async Task<TwoTowerModel> BuildAsync(ModelShape shape, int trial, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var preferences = FactorPreferences.Of(set, settings);
        var factors = await FactoriseAsync(preferences, trial, settings, cancellationToken);

        var towers = new FactorTowers(set, settings, (what, iteration) => progress(new()
        {
            Message = $"factors, trial {trial}, fitting the {what}, iteration {iteration}",
            Values = new Dictionary<string, double> { ["iteration"] = iteration, ["trial"] = trial },
        }));
        return towers.Fit(shape, factors, preferences, cancellationToken);
    }

    private async Task<Factors> FactoriseAsync(
        Preferences preferences, int trial, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var factorisation = new ImplicitAls(
            new()
            {
                Dim = settings.EmbeddingDim - 1,
                Regularisation = settings.FactorRegularisation,
                UnobservedWeight = settings.FactorUnobservedWeight,
                Sweeps = settings.FactorSweeps,
                Seed = settings.Seed,
                Threads = settings.Threads,
            },
            preferences,
            set.Catalogue.Count);
        if (checkpoint is not null)
            await checkpoint.ContinueAsync(factorisation, trial, cancellationToken);
        Report();
        while (factorisation.HasSweepsLeft)
        {
            factorisation.Sweep(cancellationToken);
            Report();
            if (checkpoint is not null)
                await checkpoint.SweptAsync(factorisation, trial, cancellationToken);
        }

        return factorisation.Finish(cancellationToken);

        void Report() => progress(new()
        {
            Message = $"factors, trial {trial}, sweep {factorisation.SweepsDone} of {settings.FactorSweeps}",
            Values = new Dictionary<string, double> { ["sweep"] = factorisation.SweepsDone, ["trial"] = trial },
        });
    }
}
