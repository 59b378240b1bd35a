using System.Numerics.Tensors;

namespace TwoTower.Model;

/// <summary>Starts a model from a champion whose vocabularies were smaller, larger or ordered otherwise.</summary>
public static class WarmStart
{
    /// <summary>A model whose known input columns, biases and second layers are the champion's; new columns start small and random.</summary>
    /// <param name="shape">Sizes of the new model; hidden and embedding width and the skip as the champion's.</param>
    /// <param name="champion">Trained weights.</param>
    /// <param name="userColumns">[user input_dim]: the origin of each new column.</param>
    /// <param name="itemColumns">[item input_dim], likewise.</param>
    /// <param name="seed">Of the new columns' weights.</param>
    /// <exception cref="ArgumentException">The champion has other widths, or a column lies outside its input.</exception>
    public static TwoTowerModel From(
        ModelShape shape, TwoTowerModel champion, ReadOnlySpan<ColumnOrigin> userColumns, ReadOnlySpan<ColumnOrigin> itemColumns, int seed)
    {
        if (!Fits(shape, champion))
            throw new ArgumentException($"champion of shape {champion.Shape}, expected the layers of {shape}");

        // New columns must not drown the trained ones: they start at a tenth of the usual spread.
        var model = TwoTowerModel.Create(shape, seed, new() { Hidden = 0.005, Skip = 0.005 });
        Copy(champion.User, model.User, userColumns, "user");
        Copy(champion.Item, model.Item, itemColumns, "item");
        return model;
    }

    /// <summary>Whether the layers behind the input are the same.</summary>
    public static bool Fits(ModelShape shape, TwoTowerModel champion) =>
        champion.Shape == shape with { UserInputDim = champion.Shape.UserInputDim, ItemInputDim = champion.Shape.ItemInputDim };

    private static void Copy(Tower from, Tower to, ReadOnlySpan<ColumnOrigin> columns, string name)
    {
        if (columns.Length != to.Shape.InputDim)
            throw new ArgumentException($"{name} tower: origins of {columns.Length} columns, expected {to.Shape.InputDim}");
        from.B1.CopyTo(to.B1, 0);
        from.W2.CopyTo(to.W2, 0);
        from.B2.CopyTo(to.B2, 0);
        for (var column = 0; column < columns.Length; column++)
        {
            var origin = columns[column];
            if (origin.Column < -1 || origin.Column >= from.Shape.InputDim)
                throw new ArgumentException($"{name} tower, column {column}: origin {origin.Column}, expected -1 to {from.Shape.InputDim - 1}");
            if (origin.Column < 0)
                continue;
            CopyRow(from.W1, to.W1, column, origin, to.B1);
            if (to.Shape.LinearSkip)
                CopyRow(from.Skip, to.Skip, column, origin, to.B2);
        }
    }

    private static void CopyRow(float[] from, float[] to, int column, ColumnOrigin origin, float[] bias)
    {
        var width = bias.Length;
        var row = from.AsSpan(origin.Column * width, width);
        TensorPrimitives.Multiply(row, origin.Scale, to.AsSpan(column * width, width));
        if (origin.Shift != 0)
            TensorPrimitives.MultiplyAdd(row, origin.Shift, bias, bias);
    }
}
