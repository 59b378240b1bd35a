using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>The right-hand matrix of a product, [k, n], rearranged into panels of 32 columns so that the kernel reads it in order.</summary>
internal sealed unsafe class PackedPanels
{
    /// <summary>Columns of a panel.</summary>
    public const int Width = 32;
    private readonly FloatBuffer _data;
    private int _firstPanel;

    public PackedPanels()
        : this(new FloatBuffer())
    {
    }

    private PackedPanels(FloatBuffer data) => _data = data;

    /// <summary>Rows of the matrix, the inner dimension of the product.</summary>
    public int Inner { get; private set; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; private set; }

    public int Panels => (Columns + Width - 1) / Width;

    /// <summary>Row-major [k, 32]; columns beyond the matrix are 0.</summary>
    public float* Panel(int panel) => _data.Pointer + ((long)(_firstPanel + panel) * Inner * Width);

    /// <summary>Sets the size; the panels have to be packed anew.</summary>
    public void Reset(int inner, int columns)
    {
        (Inner, Columns) = (inner, columns);
        _data.Resize((long)Panels * inner * Width);
    }

    /// <summary>Some neighbouring columns of the same packed matrix, without copying them.</summary>
    /// <param name="firstColumn">A multiple of 32.</param>
    /// <param name="columns">At most as many as there are from it on.</param>
    public PackedPanels Slice(int firstColumn, int columns) =>
        new(_data) { Inner = Inner, Columns = columns, _firstPanel = _firstPanel + (firstColumn / Width) };

    /// <summary>Packs one panel. Element (p, j) of the matrix is source[p × rowStride + j × columnStride] × scale (× rowScale[p]).</summary>
    public void Pack(int panel, float* source, long rowStride, long columnStride, float scale = 1, float* rowScale = null)
    {
        var first = panel * Width;
        var width = Math.Min(Width, Columns - first);
        var target = Panel(panel);
        if (columnStride == 1)
        {
            for (var p = 0; p < Inner; p++)
                CopyRow(source + (p * rowStride) + first, target + ((long)p * Width), width, rowScale == null ? scale : scale * rowScale[p]);
            return;
        }

        for (var j = 0; j < Width; j++)
        {
            var column = source + ((first + j) * columnStride);
            for (var p = 0; p < Inner; p++)
                target[((long)p * Width) + j] = j < width ? column[p * rowStride] * (rowScale == null ? scale : scale * rowScale[p]) : 0;
        }
    }

    /// <summary>Sets the size and packs all panels.</summary>
    public void PackAll(int inner, int columns, float* source, long rowStride, long columnStride)
    {
        Reset(inner, columns);
        for (var panel = 0; panel < Panels; panel++)
            Pack(panel, source, rowStride, columnStride);
    }

    private static void CopyRow(float* source, float* target, int width, float scale)
    {
        if (width == Width && Vector256.IsHardwareAccelerated)
        {
            (Vector256.Load(source) * scale).Store(target);
            (Vector256.Load(source + 8) * scale).Store(target + 8);
            (Vector256.Load(source + 16) * scale).Store(target + 16);
            (Vector256.Load(source + 24) * scale).Store(target + 24);
            return;
        }

        var to = new Span<float>(target, Width);
        TensorPrimitives.Multiply(new ReadOnlySpan<float>(source, width), scale, to);
        to[width..].Clear();
    }
}
