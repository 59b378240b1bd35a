using BenchmarkDotNet.Running;
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
    case ["embed", .. var rest]:
        EmbedBenchmark.Run(new(rest));
        return 0;
    case ["history", .. var rest]:
        HistoryBenchmark.Run(new(rest));
        return 0;
    case ["pipeline", .. var rest]:
        PipelineBenchmark.Run(new(rest));
        return 0;
    case ["rank", .. var rest]:
        RankBenchmark.Run(new(rest));
        return 0;
    case ["factors", .. var rest]:
        FactorBenchmark.Run(new(rest));
        return 0;
    case ["gate", .. var rest]:
        GateTables.Run(new(rest));
        return 0;
    case ["large", .. var rest]:
        await LargeBenchmark.RunAsync(new(rest));
        return 0;
    case ["engine", .. var rest]:
        await EngineBenchmark.RunAsync(new(rest));
        return 0;
    case ["cancel", .. var rest]:
        await CancelBenchmark.RunAsync(new(rest));
        return 0;
    case ["list", var folder]:
        await EngineBenchmark.ListAsync(folder);
        return 0;
    case ["sync", .. var rest]:
        await SyncBenchmark.RunAsync(new(rest));
        return 0;
    case ["pgvector", .. var rest]:
        await PgVectorBenchmark.RunAsync(new(rest));
        return 0;
    case ["kernels", .. var rest]:
        BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)]).Run([.. rest, "--filter", "*"]);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: Benchmarks COMMAND [--threads N] ...
              train --data DIR   positives a second: [--loss softmax|bce] [--seconds S | --epochs E] [--D 128] [--H 256] [--B 2048] [--K 3]
                                 [--feat u|ut] [--per-user 1] [--simd Avx512|Avx2|Portable] [--exact 1] [--eval 1]
              bag --data DIR     parts of the sparse first layer
              gemm               matrix products at the sizes of training: [--simd ...] [--seconds S]
              embed --data DIR   the catalogue, against ONNX Runtime on dense rows: [--rounds N]
              history --data DIR user features of 5 million interactions: [--rounds N] [--threads N]
              pipeline --data DIR positives a second of the pipeline's own training: [--seconds S] [--users 256]
              rank               exact top 100, metrics, intervals of two models: [--users 50000] [--items 20000]
              factors            factorisation of likes: [--users 100000] [--items 20000] [--likes 50] [--sweeps 2]
              gate               what the gate refuses in simulated weeks and years: [--weeks 400] [--years 40] [--resamples 400]
              large              a million users and 200,000 items: [--users N] [--items N] [--steps N]
              engine             time between stages, listing stored runs over the engine, `retrain serve` and `retrain history`;
                                 with DATABASE_URL also in PostgreSQL: [--stages 500] [--runs 1000]
              cancel             from a cancel to the end of the run in training and uploads, with DATABASE_URL also in COPY and index, with
                                 AZURE_STORAGE_CONNECTION_STRING also to blobs: [--rounds 5] [--sample 1000000] [--decisions 5000000]
              list FOLDER        what `engine` starts to list the runs of a folder, or of "postgres", in a fresh process
              sync               PostgreSQL to snapshot, with DATABASE_URL: [--decisions 5000000] [--videos 200000] [--users 100000]
                                 [--processes 3] [--rounds 4]; with [--database NAME] in this process
              pgvector           loading embeddings into DATABASE_URL, against rows over REST and plain COPY: [--rows 100000] [--rounds 3]
                                 [--column halfvec|vector] [--dim 128]
              kernels            each kernel beside its plain twin (BenchmarkDotNet)
            """);
        return 2;
}
