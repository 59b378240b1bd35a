using System.Runtime.CompilerServices;

namespace TwoTower.Kernels;

/// <summary>Floats at an address that stays and is a multiple of 64 bytes, for kernels that work on pointers.</summary>
internal sealed unsafe class FloatBuffer
{
    private const int Alignment = 64;
    private float[] _array = [];

    public FloatBuffer(long length = 0) => Resize(length);

    public float* Pointer { get; private set; }

    public int Length { get; private set; }

    public Span<float> Span => new(Pointer, Length);

    /// <summary>Makes room for at least <paramref name="length"/> values. What was there is lost when the buffer has to grow; new room is zero.</summary>
    public void Resize(long length)
    {
        if (length <= Length && Pointer != null)
            return;
        _array = GC.AllocateArray<float>(checked((int)(length + (Alignment / sizeof(float)))), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        Pointer = (float*)((address + Alignment - 1) / Alignment * Alignment);
        Length = (int)length;
    }
}
