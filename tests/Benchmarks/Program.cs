using Benchmarks;

switch (args)
{
    case ["train", .. var rest]:
        TrainBenchmark.Run(new(rest));
        return 0;
    case ["gemm", .. var rest]:
        GemmBenchmark.Run(new(rest));
        return 0;
    case ["bag", .. var rest]:
        BagBenchmark.Run(new(rest));
        return 0;
    default:
        Console.Error.WriteLine("usage: Benchmarks train --data DIR [--loss softmax|bce] [--threads N] [--seconds S | --epochs E] [--D 128] [--H 256] [--B 2048] [--K 3] [--feat u|ut] [--per-user 1] [--simd Avx512|Avx2|Portable] [--eval 1]");
        return 2;
}
