namespace Retraining.Training;

/// <summary>A slice of a training ends here; its checkpoint is written.</summary>
internal sealed class SliceOverException() : Exception("the slice is over");
