using System.Globalization;
using Retraining.Execution;

namespace Retraining.Cli.Rendering;

/// <summary>A stage's progress in one line.</summary>
internal static class ProgressLine
{
    public static string Of(StageProgress progress)
    {
        var share = progress.Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $" {fraction * 100:F0} %") : "";
        var values = string.Concat(progress.Values
            .OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => string.Create(CultureInfo.InvariantCulture, $", {value.Key} {value.Value:G4}")));
        return progress.Message + share + values;
    }
}
