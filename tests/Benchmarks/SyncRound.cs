using System.Globalization;

namespace Benchmarks;

/// <summary>One measured sync, as a line for the process that compares them.</summary>
/// <param name="PeakMb">Of the process, up to and with this round.</param>
internal sealed record SyncRound(double Seconds, double ProcessorSeconds, double PeakMb, string Hash)
{
    public static SyncRound Parse(string line)
    {
        var fields = line.Split(' ');
        var numbers = fields[..3].Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return new(numbers[0], numbers[1], numbers[2], fields[3]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds} {ProcessorSeconds} {PeakMb} {Hash}");
}
