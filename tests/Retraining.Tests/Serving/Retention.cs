using Retraining.Serving;

namespace Retraining.Tests.Serving;

/// <summary>Switches between versions in an order that nobody thought of; the live one and the one before it always stay loaded.</summary>
internal static class Retention
{
    private static readonly string[] Versions = [.. Enumerable.Range(1, 5).Select(week => $"2026060{week}_000000")];

    public static async Task AssertLiveAndPreviousStayAsync(IVectorIndex index, FakeTime time, int switches)
    {
        var random = new Random(11);
        string? live = null;
        for (var turn = 0; turn < switches; turn++)
        {
            var others = Versions.Where(version => version != live).ToList();
            var next = others[random.Next(others.Count)];
            time.Now += TimeSpan.FromDays(1);
            await Generations.LoadBothAsync(index, next);
            var activation = await index.ActivateAsync(Generations.Change(next, $"turn {turn}"), CancellationToken.None);
            await index.DropRetiredAsync(dryRun: false, CancellationToken.None);

            Assert.Equal(live, activation.PreviousVersion);
            var loaded = (await index.ListVersionsAsync(CancellationToken.None)).Where(version => version.IsLoaded);
            string[] kept = [.. new[] { next, live }.OfType<string>().OrderDescending(StringComparer.Ordinal)];
            Assert.Equal(kept, loaded.Select(version => version.Version));
            live = next;
        }
    }
}
