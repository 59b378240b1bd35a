using TwoTower.Model;

namespace Retraining.Training;

/// <summary>Which likes of a drawn user become targets, and how probable each is.</summary>
internal sealed class TargetDraw(HistoryExamplesOptions options)
{
    private const uint AnchorCounter = 0;
    private const uint PickCounter = 1;

    /// <summary>Fewest likes of a user with something to draw.</summary>
    public int MinLikes => options.Mode == HistoryMode.Causal ? options.MinHistory + 1 : 2;

    /// <summary>Draws positions in a user's likes.</summary>
    /// <param name="likes">How many likes the user has, at least <see cref="MinLikes"/>.</param>
    /// <param name="picked">Receives the positions, ascending.</param>
    public void Draw(ulong key, int likes, List<int> picked)
    {
        picked.Clear();
        var start = options.Mode == HistoryMode.Causal
            ? options.MinHistory + CounterRandom.Below(key, AnchorCounter, likes - options.MinHistory)
            : 0;
        var window = Window(likes, start);
        var wanted = Wanted(window);
        for (var j = window - wanted; j < window; j++) // Floyd's sampling without replacement
        {
            var position = start + CounterRandom.Below(key, PickCounter + (uint)(j - window + wanted), j + 1);
            picked.Add(picked.Contains(position) ? start + j : position);
        }

        picked.Sort();
    }

    /// <summary>Expected number of times that each like is a target when its user is drawn once: [likes].</summary>
    public double[] Expected(int likes)
    {
        var expected = new double[likes];
        var change = new double[likes + 1];
        var first = options.Mode == HistoryMode.Causal ? options.MinHistory : 0;
        var last = options.Mode == HistoryMode.Causal ? likes - 1 : 0;
        for (var start = first; start <= last; start++)
        {
            var window = Window(likes, start);
            var share = (double)Wanted(window) / window / (last - first + 1);
            change[start] += share;
            change[start + window] -= share;
        }

        var sum = 0.0;
        for (var k = 0; k < likes; k++)
            expected[k] = Math.Max(0, sum += change[k]);
        return expected;
    }

    private int Window(int likes, int start) =>
        options.Mode == HistoryMode.Causal ? Math.Min(Math.Max(1, options.TargetWindow), likes - start) : likes;

    private int Wanted(int window) =>
        Math.Min(Math.Max(1, options.TargetsPerUser), options.Mode == HistoryMode.Causal ? window : window - 1);
}
