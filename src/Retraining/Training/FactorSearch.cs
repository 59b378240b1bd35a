using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>
/// Finds the factors that validation users do best with: from the set ones to neighbours that are clearly better, as long as there are any.
/// The sparser the likes, the smaller λ and α have to be.
/// </summary>
/// <param name="score">Higher is better; null takes the set factors.</param>
internal sealed class FactorSearch(TrainingSet set, ModelShape shape, Func<TwoTowerModel, CancellationToken, double>? score)
{
    private const double ClearlyBetter = 1.02;
    private const int MostRounds = 3;
    private static readonly (double Regularisation, double UnobservedWeight)[] Neighbours = [(1.0 / 3, 1.0 / 3), (1, 1.0 / 3), (1, 3)];
    private readonly List<StartTrial> _trials = [];
    private StartState? _kept;
    private TwoTowerModel? _best;

    /// <summary>Keeps finished trials; null keeps nothing.</summary>
    public StartCheckpoint? Checkpoint { get; init; }

    /// <summary>Receives what is being done.</summary>
    public required Action<StageProgress> Progress { get; init; }

    /// <returns>The best start and the settings that gave it.</returns>
    /// <exception cref="SliceOverException">The checkpoint says that it is time.</exception>
    public async Task<(TwoTowerModel Start, TrainingSettings Chosen)> RunAsync(
        TrainingSettings settings, CancellationToken cancellationToken)
    {
        _kept = Checkpoint is null ? null : await Checkpoint.LoadAsync(cancellationToken);
        _best = _kept?.Best;
        var chosen = settings;
        var best = await TryAsync(settings, toBeat: double.NegativeInfinity, cancellationToken);
        for (var (round, found) = (0, true); found && round < MostRounds && score is not null; round++)
        {
            found = false;
            var centre = chosen;
            foreach (var (regularisation, unobserved) in Neighbours)
            {
                var trial = centre with
                {
                    FactorRegularisation = centre.FactorRegularisation * regularisation,
                    FactorUnobservedWeight = centre.FactorUnobservedWeight * unobserved,
                };
                var value = await TryAsync(trial, best * ClearlyBetter, cancellationToken);
                if (value > best * ClearlyBetter)
                    (best, chosen, found) = (value, trial, true);
            }
        }

        return (_best!, chosen);
    }

    /// <summary>The score of a trial: made now, or kept from before.</summary>
    private async Task<double> TryAsync(TrainingSettings trial, double toBeat, CancellationToken cancellationToken)
    {
        if (_trials.Count < _kept?.Trials.Count)
        {
            _trials.Add(_kept.Trials[_trials.Count]);
            return _trials[^1].Score;
        }

        var model = await new FactorStart(set, Checkpoint, Progress).BuildAsync(shape, _trials.Count + 1, trial, cancellationToken);
        var value = score?.Invoke(model, cancellationToken) ?? 0;
        if (value > toBeat)
            _best = model;
        _trials.Add(new(trial.FactorRegularisation, trial.FactorUnobservedWeight, value));
        if (Checkpoint is not null)
            await Checkpoint.TriedAsync(new([.. _trials], _best!), cancellationToken);
        return value;
    }
}
