using TwoTower.Model;

namespace Retraining.Export;

/// <summary>One row group of a feature table.</summary>
/// <param name="Start">Row of the table that the block begins with.</param>
internal sealed record FeatureBlock(int Start, string[] Ids, SparseRows Rows);
