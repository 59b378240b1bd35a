using BenchmarkDotNet.Attributes;
using TwoTower.Kernels;

namespace Benchmarks;

/// <summary>Each kernel beside its plain twin, for BenchmarkDotNet.</summary>
[InProcess]
public unsafe class KernelBenchmarks
{
    private readonly FloatBuffer _left = new(64 * 272);
    private readonly FloatBuffer _right = new(256 * 128);
    private readonly FloatBuffer _target = new(64 * 144);
    private readonly FloatBuffer _table = new(7000L * Slabs.Width);
    private readonly FloatBuffer _values = new(300);
    private readonly FloatBuffer _logits = new(2048);
    private readonly FloatBuffer _weights = new(3 * 4096);
    private readonly FloatBuffer _gradient = new(4096);
    private readonly PackedPanels _panels = new();
    private readonly int[] _indices = GC.AllocateArray<int>(300, pinned: true);
    private readonly AdamStep _step = AdamStep.Create(10, 1e-3, new());
    private SimdLevel _level;

    [Params("Portable", "Avx2", "Avx512")]
    public string Level { get; set; } = "Portable";

    [GlobalSetup]
    public void Setup()
    {
        _level = Enum.Parse<SimdLevel>(Level);
        if (_level > Simd.Best)
            throw new PlatformNotSupportedException($"{Level} on a processor whose best level is {Simd.Best}");
        var random = new Random(1);
        foreach (var buffer in new[] { _left, _right, _table, _values, _gradient })
        {
            for (var k = 0; k < buffer.Length; k++)
                buffer.Pointer[k] = (float)random.NextDouble();
        }

        for (var k = 0; k < _indices.Length; k++)
            _indices[k] = random.Next(7000);
        _panels.PackAll(256, 128, _right.Pointer, 128, 1);
    }

    /// <summary>64 × 256 times 256 × 128: 4.2 million multiplications and additions.</summary>
    [Benchmark]
    public void MatrixProduct() => Gemm.Multiply(_level, 64, _left.Pointer, 272, 1, _panels, _target.Pointer, 144);

    /// <summary>One row of 300 values over one slab.</summary>
    [Benchmark]
    public void BagSum()
    {
        fixed (int* indices = _indices)
            BagKernels.Sum(_level, indices, _values.Pointer, 1, 300, _table.Pointer, Slabs.Width, _target.Pointer);
    }

    [Benchmark]
    public double ExpSumOf2048() => SoftmaxKernels.ExpSum(_level, _logits.Pointer, 2048, 1);

    [Benchmark]
    public double AdamOf4096() =>
        AdamKernels.Update(_level, _step, _gradient.Pointer, _weights.Pointer, _weights.Pointer + 4096, _weights.Pointer + 8192, 4096);
}
