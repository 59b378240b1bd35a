namespace TwoTower.Model;

/// <summary>Starts a model from a champion whose vocabularies were smaller, larger or ordered otherwise.</summary>
public static class WarmStart
{
    /// <summary>A model whose known input columns, biases and second layers are the champion's; new columns start small and random.</summary>
    /// <param name="shape">Sizes of the new model; hidden and embedding width and the skip as the champion's.</param>
    /// <param name="champion">Trained weights.</param>
    /// <param name="userColumns">[user input_dim] for each new column the champion's, or -1.</param>
    /// <param name="itemColumns">[item input_dim], likewise.</param>
    /// <param name="seed">Of the new columns' weights.</param>
    /// <exception cref="ArgumentException">The champion has other widths, or a column lies outside its input.</exception>
    public static TwoTowerModel From(ModelShape shape, TwoTowerModel champion, ReadOnlySpan<int> userColumns, ReadOnlySpan<int> itemColumns, int seed)
    {
        if (champion.Shape != shape with { UserInputDim = champion.Shape.UserInputDim, ItemInputDim = champion.Shape.ItemInputDim })
            throw new ArgumentException($"champion of shape {champion.Shape}, expected the layers of {shape}");

        // New columns must not drown the trained ones: they start at a tenth of the usual spread.
        var model = TwoTowerModel.Create(shape, seed, new() { Hidden = 0.005, Skip = 0.005 });
        Copy(champion.User, model.User, userColumns, "user");
        Copy(champion.Item, model.Item, itemColumns, "item");
        return model;
    }

    private static void Copy(Tower from, Tower to, ReadOnlySpan<int> columns, string name)
    {
        if (columns.Length != to.Shape.InputDim)
            throw new ArgumentException($"{name} tower: origins of {columns.Length} columns, expected {to.Shape.InputDim}");
        for (var column = 0; column < columns.Length; column++)
        {
            var origin = columns[column];
            if (origin < -1 || origin >= from.Shape.InputDim)
                throw new ArgumentException($"{name} tower, column {column}: origin {origin}, expected -1 to {from.Shape.InputDim - 1}");
            if (origin < 0)
                continue;
            CopyRow(from.W1, origin, to.W1, column, to.Shape.HiddenDim);
            CopyRow(from.Skip, origin, to.Skip, column, to.Shape.LinearSkip ? to.Shape.EmbeddingDim : 0);
        }

        from.B1.CopyTo(to.B1, 0);
        from.W2.CopyTo(to.W2, 0);
        from.B2.CopyTo(to.B2, 0);
    }

    private static void CopyRow(float[] from, int fromRow, float[] to, int toRow, int width) =>
        from.AsSpan(fromRow * width, width).CopyTo(to.AsSpan(toRow * width, width));
}
