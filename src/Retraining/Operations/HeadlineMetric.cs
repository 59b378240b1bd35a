namespace Retraining.Operations;

/// <summary>One metric on the hold-out, beside what it is held against.</summary>
/// <param name="Name"><c>recall@10</c>.</param>
/// <param name="Challenger">Of the model that the run trained.</param>
/// <param name="Champion">Of the live one, scored again; null on the first run.</param>
/// <param name="Popularity">Of recommending what is popular.</param>
public sealed record HeadlineMetric(string Name, double Challenger, double? Champion, double? Popularity);
