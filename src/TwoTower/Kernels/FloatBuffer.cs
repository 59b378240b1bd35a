using System.Runtime.InteropServices;

namespace TwoTower.Kernels;

/// <summary>Floats at an address that stays and is a multiple of 64 bytes, for kernels that work on pointers.</summary>
/// <remarks>Large buffers ask for huge pages.</remarks>
internal sealed unsafe partial class FloatBuffer
{
    private const int Alignment = 64;
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14;
    private void* _memory;

    public FloatBuffer(long length = 0) => Resize(length);

    ~FloatBuffer() => NativeMemory.AlignedFree(_memory);

    public float* Pointer { get; private set; }

    public int Length { get; private set; }

    public Span<float> Span => new(Pointer, Length);

    /// <summary>Makes room for at least <paramref name="length"/> values. What was there is lost when it has to grow; new room is zero.</summary>
    public void Resize(long length)
    {
        if (length <= Length && Pointer != null)
            return;
        if (Length > 0)
            length += length / 8; // what grows once will grow again by a little
        NativeMemory.AlignedFree(_memory);
        var size = (nuint)checked((int)length + (Alignment / sizeof(float))) * sizeof(float);
        _memory = size < HugePage ? NativeMemory.AlignedAlloc(size, Alignment) : AllocateHuge((size + HugePage - 1) / HugePage * HugePage);
        NativeMemory.Clear(_memory, size);
        Pointer = (float*)_memory;
        Length = (int)length;
    }

    private static void* AllocateHuge(nuint size)
    {
        var memory = NativeMemory.AlignedAlloc(size, HugePage);
        if (OperatingSystem.IsLinux())
            _ = Advise(memory, size, AdviseHugePages); // only a wish: without it the same values come a little slower
        return memory;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint size, int advice);
}
