using System.Globalization;

namespace Retraining.Execution;

/// <summary>One progress event of a running stage. Receivers keep the newest of a stage.</summary>
public sealed record StageProgress
{
    /// <summary>Short and for people: <c>epoch 3 of 20</c>.</summary>
    public required string Message { get; init; }

    /// <summary>Share done, in [0, 1]; null when unknown.</summary>
    public double? Fraction { get; init; }

    /// <summary>Named values: <c>loss</c>, <c>recall@10</c>, <c>examples_per_second</c>, <c>epoch</c>.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>The same in little space.</summary>
    /// <param name="message">Most characters of the message.</param>
    /// <param name="values">Most values, by name; those with names of more than 64 characters are left out.</param>
    public StageProgress Cut(int message, int values) => this with
    {
        Message = Message.Length > message ? Message[..message] : Message,
        Values = Values.Count <= values && Values.Keys.All(IsShort)
            ? Values
            : Values.Where(value => IsShort(value.Key)).OrderBy(value => value.Key, StringComparer.Ordinal).Take(values).ToDictionary(),
    };

    private static bool IsShort(string name) => name.Length <= 64;

    /// <summary>One line for people: <c>epoch 3 of 20 15 %, loss 4.25</c>.</summary>
    public string Told()
    {
        var share = Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $" {fraction * 100:F0} %") : "";
        var values = string.Concat(Values
            .OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => string.Create(CultureInfo.InvariantCulture, $", {value.Key} {value.Value:G4}")));
        return Message + share + values;
    }
}
