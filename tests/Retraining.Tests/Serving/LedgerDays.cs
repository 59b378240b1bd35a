using System.Globalization;
using Retraining.Serving;

namespace Retraining.Tests.Serving;

/// <summary>A month in the life of an index, and what was live on each of its days.</summary>
internal static class LedgerDays
{
    /// <summary>A version each Sunday; the third is taken back on Tuesday and made live again on Friday.</summary>
    public static async Task LiveThroughAsync(IVectorIndex index, FakeTime time)
    {
        foreach (var (day, version, reason) in new (string, string, string?)[]
        {
            ("2026-06-07T19:00:00Z", Generations.First, null), ("2026-06-14T19:00:00Z", Generations.Second, null),
            ("2026-06-21T19:00:00Z", Generations.Third, null), ("2026-06-23T09:30:00Z", Generations.Second, "worse clicks"),
            ("2026-06-26T08:00:00Z", Generations.Third, "it was the tracking"),
        })
        {
            time.Now = Moment(day);
            await Generations.LoadBothAsync(index, version);
            await index.ActivateAsync(Generations.Change(version, reason), CancellationToken.None);
        }
    }

    public static async Task AssertAsync(IVectorIndex index)
    {
        Assert.Null(await index.FindLiveAsync(Moment("2026-06-07T18:59:59Z"), CancellationToken.None));
        foreach (var (at, version, previous, reason) in new (string, string, string?, string?)[]
        {
            ("2026-06-07T19:00:00Z", Generations.First, null, null), // from that very moment
            ("2026-06-14T18:59:59Z", Generations.First, null, null),
            ("2026-06-15T03:59:00+09:00", Generations.First, null, null), // a minute before Sunday 19:00 UTC
            ("2026-06-15T04:00:00+09:00", Generations.Second, Generations.First, null),
            ("2026-06-22T00:00:00Z", Generations.Third, Generations.Second, null),
            ("2026-06-25T12:00:00Z", Generations.Second, Generations.Third, "worse clicks"),
            ("2026-06-26T08:00:00Z", Generations.Third, Generations.Second, "it was the tracking"),
            ("2030-01-01T00:00:00Z", Generations.Third, Generations.Second, "it was the tracking"),
        })
        {
            var live = await index.FindLiveAsync(Moment(at), CancellationToken.None);
            Assert.Equal((version, previous, "test", reason), (live!.Version, live.PreviousVersion, live.By, live.Reason));
        }
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
