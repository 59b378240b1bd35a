namespace TwoTower.Training;

/// <summary>A place within a batch: how much of everything lies before it.</summary>
/// <remarks>Known and disliked items have their own counts of user rows: a source may leave either out.</remarks>
internal readonly record struct BatchPlace(
    int Users, int Values, int Targets, int KnownRows, int Known, int DislikedRows, int Disliked)
{
    /// <summary>The place behind a part that begins here.</summary>
    public BatchPlace After(TrainingBatch part) => new(
        Users + part.Users.Rows,
        Values + part.Users.NonZeros,
        Targets + part.Targets,
        KnownRows + part.KnownOffsets.Count - 1,
        Known + part.KnownItems.Count,
        DislikedRows + part.DislikedOffsets.Count - 1,
        Disliked + part.DislikedItems.Count);
}
