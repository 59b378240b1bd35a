namespace TwoTower.Training;

/// <summary>How a tower's first layer is kept while it is worked with.</summary>
internal enum FirstLayer
{
    /// <summary>Not at all: it is read where the tower has it.</summary>
    InPlace,

    /// <summary>Copied into slabs.</summary>
    Packed,

    /// <summary>As <see cref="TrainedExactly"/>, and once more as <see cref="Kernels.HalfRows"/>, which the forward pass reads.</summary>
    Trained,

    /// <summary>Copied into slabs, with Adam's moments beside it.</summary>
    TrainedExactly,
}
