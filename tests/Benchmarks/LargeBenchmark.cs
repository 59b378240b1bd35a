using System.Diagnostics;
using System.Text.Json;
using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>Trains on a generated service of a million users and 200,000 items, checkpoint included, embeds everyone, and prints speed and peak memory.</summary>
internal static class LargeBenchmark
{
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var (users, items, threads) = (arguments.Number("users", 1_000_000), arguments.Number("items", 200_000), arguments.Number("threads", 0));
        var data = new LargeData(users, items, batchUsers: 512);
        var shape = new ModelShape { UserInputDim = data.UserColumns, ItemInputDim = data.Items.Columns, HiddenDim = arguments.Number("H", 256), EmbeddingDim = 128 };
        var options = new TrainerOptions { Epochs = 1, Threads = threads, ItemIdColumns = 5000..data.Items.Columns, IdDropout = 0.1, LearningRate = 0.002 };
        var steps = arguments.Number("steps", data.StepsPerEpoch);
        var source = new FewerSteps(data, steps);
        var stateBytes = 0L;
        var hooks = new TrainingHooks
        {
            Checkpoint = (state, _) =>
            {
                using var counted = new CountingStream();
                state.Save(counted, CancellationToken.None);
                stateBytes = counted.Length;
                return Task.CompletedTask;
            },
            Progress = progress => Console.Error.WriteLine($"step {progress.Step} of {progress.StepsPerEpoch}: loss {progress.Loss:F3}, {progress.ExamplesPerSecond:F0} examples/s, {progress.Remaining:hh\\:mm\\:ss} left"),
        };
        var result = await new Trainer(TwoTowerModel.Create(shape, 1), data.Items, source, options, TimeProvider.System).RunAsync(hooks, null, CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        _ = result.Model.Item.Embed(data.Items, threads, CancellationToken.None);
        var embedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            large = $"{users} users, {items} items",
            threads,
            steps,
            weights = result.Model.Tensors.Sum(tensor => (long)tensor.Values.Length),
            loss = Math.Round(result.Epochs[0].Loss, 3),
            positives_per_s = Math.Round(result.ExamplesPerSecond),
            checkpoint_mb = stateBytes >> 20,
            items_embedded_per_s = Math.Round(items / embedSeconds),
            rss_mb = process.PeakWorkingSet64 >> 20,
        }));
    }

    private sealed class FewerSteps(IExampleSource source, int steps) : IExampleSource
    {
        public int UserColumns => source.UserColumns;

        public int StepsPerEpoch => steps;

        public ReadOnlySpan<float> TargetProbability => source.TargetProbability;

        public void Fill(int epoch, int step, TrainingBatch batch) => source.Fill(epoch, step, batch);
    }

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;
    }
}
