using TwoTower.Kernels;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class AllocationTests
{
    private const int Steps = 20;

    public static TheoryData<TrainingLoss, int, double> Cases
    {
        get
        {
            var cases = new TheoryData<TrainingLoss, int, double>();
            foreach (var loss in Enum.GetValues<TrainingLoss>())
            {
                foreach (var threads in new[] { 1, 2 })
                {
                    cases.Add(loss, threads, 0);
                    cases.Add(loss, threads, 0.5);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_OnceBuffersHaveGrown_AllocatesNothing(TrainingLoss loss, int threads, double clip)
    {
        var examples = new FakeExamples(users: 900, items: 240, batchUsers: 300, targetsPerUser: 3);
        var options = new TrainerOptions
        {
            Loss = loss,
            Threads = threads,
            GradientClip = clip,
            UniformNegatives = 30,
            DislikeWeight = 1,
            Dropout = 0.2,
            UserInputDropout = 0.1,
        };
        var watched = new WatchedExamples(new StoredExamples(examples));
        using var loop = new TrainingLoop(examples.Model(70, skip: true), examples.Items, watched, options, Simd.Best);
        Run(loop, examples.StepsPerEpoch);

        watched.Forget();
        Run(loop, examples.StepsPerEpoch);

        Assert.InRange(watched.Threads, 1, threads);
        Assert.Equal(0, watched.AllocatedBytes);
    }

    private static void Run(TrainingLoop loop, int stepsPerEpoch)
    {
        for (var step = 0; step < Steps; step++)
            loop.Step(0, step % stepsPerEpoch);
    }

    /// <summary>Notes what each thread that fills batches has allocated between its first and its last part: all of the steps in between.</summary>
    private sealed class WatchedExamples(IExampleSource source) : IExampleSource
    {
        private readonly Lock _lock = new();
        private readonly (int Thread, long First, long Last)[] _seen = new (int, long, long)[16];

        public int UserColumns => source.UserColumns;

        public int StepsPerEpoch => source.StepsPerEpoch;

        public int Parts => source.Parts;

        public ReadOnlySpan<float> TargetProbability => source.TargetProbability;

        public int Threads => _seen.Count(one => one.Thread != 0);

        public long AllocatedBytes => _seen.Sum(one => one.Last - one.First);

        public void Forget() => Array.Clear(_seen);

        public void Fill(int epoch, int step, TrainingBatch batch)
        {
            Note();
            source.Fill(epoch, step, batch);
        }

        public void Append(int epoch, int step, int part, TrainingBatch batch)
        {
            Note();
            source.Append(epoch, step, part, batch);
        }

        private void Note()
        {
            var (thread, bytes) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            lock (_lock)
            {
                var place = 0;
                while (_seen[place].Thread != 0 && _seen[place].Thread != thread)
                    place++;
                _seen[place] = (thread, _seen[place].Thread == 0 ? bytes : _seen[place].First, bytes);
            }
        }
    }
}
