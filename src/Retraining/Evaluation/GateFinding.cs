namespace Retraining.Evaluation;

/// <summary>How the challenger differs from the champion in one metric over one group of users.</summary>
/// <param name="Segment"><c>all</c>, <c>new_users</c>, <c>heavy_users</c>, <c>cold_items</c>.</param>
/// <param name="Metric"><c>recall@10</c>; more is better.</param>
/// <param name="Users">Users where it is defined.</param>
/// <param name="Difference">Challenger minus champion, mean.</param>
/// <param name="Low">Lower end of the paired interval, at the confidence of the evaluation.</param>
/// <param name="High">Its upper end.</param>
/// <param name="DetectableLoss">The smallest loss that these users would have shown, at the power of the evaluation.</param>
/// <param name="Champion">The champion's mean over them; null in results of programs that did not record it.</param>
public sealed record GateFinding(
    string Segment, string Metric, int Users, double Difference, double Low, double High, double DetectableLoss, double? Champion = null)
{
    /// <summary><c>better</c>, <c>worse</c> or <c>unclear</c>: which side of 0 the interval lies on.</summary>
    public string Finding => Low > 0 ? "better" : High < 0 ? "worse" : "unclear";
}
