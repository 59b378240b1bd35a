using System.CommandLine;
using Retraining.Configuration;

namespace Retraining.Cli.Commands;

/// <summary>Options of commands that read reviews.</summary>
internal sealed class ReviewOptions
{
    private readonly Option<string?> _reviews = new("--reviews") { Description = "CSV of product_url, reviewer_id, stars: a file, or a pattern in quotes", HelpName = "FILE" };
    private readonly Option<bool> _only = new("--reviews-only") { Description = "Take no decisions but the reviews" };
    private readonly Option<bool> _ingest = new("--ingest-unknown") { Description = "Make a new video of a product that reviews speak of and that no video has" };

    public void AddTo(Command command)
    {
        command.Options.Add(_reviews);
        command.Options.Add(_only);
        command.Options.Add(_ingest);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_reviews) is not null;

    /// <param name="parsed">The command line.</param>
    /// <param name="source">What its other options say of the source: with <c>--reviews-only</c> that is where the videos come from.</param>
    public IReadOnlyList<SettingValue> Settings(ParseResult parsed, IReadOnlyList<SettingValue> source)
    {
        var values = new List<SettingValue>();
        if (parsed.GetValue(_reviews) is { } files)
            values.Add(new SettingValue("source.reviews", files, null, _reviews.Name));
        if (parsed.GetValue(_ingest))
            values.Add(new SettingValue("source.ingest_unknown", "true", null, _ingest.Name));
        if (!parsed.GetValue(_only))
            return values;
        if (source.LastOrDefault(value => value.Key == "source.kind") is { } kind)
            values.Add(kind with { Key = "source.review_videos" });
        values.Add(new SettingValue("source.kind", "reviews", null, _only.Name));
        return values;
    }
}
