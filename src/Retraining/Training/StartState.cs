using TwoTower.Model;

namespace Retraining.Training;

/// <summary>How far the search for a start has come.</summary>
/// <param name="Trials">In the order in which they were made, at least one.</param>
/// <param name="Best">The start of the trial that did best.</param>
internal sealed record StartState(IReadOnlyList<StartTrial> Trials, TwoTowerModel Best);
