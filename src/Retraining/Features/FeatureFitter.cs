using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Features;

/// <summary>
/// Fits vocabularies and normaliser on the catalogue and on the training part of the log; nothing of validation or hold-out enters.
/// </summary>
public sealed class FeatureFitter(FeatureSettings settings, Catalogue catalogue, InteractionLog log, TimeSplit split)
{
    /// <exception cref="PermanentStageException">A setting has a value that is not known.</exception>
    public FeatureSpec Fit(int embeddingDim, string userInputName, string itemInputName)
    {
        Check();
        var positives = ItemPopularity.Count(log, split, catalogue.Count);
        var vocabularies = Vocabularies(positives);
        var newest = ItemVectorizer.NewestRelease(catalogue);
        var spec = new FeatureSpec
        {
            Version = settings.Version,
            InputSchemaVersion = settings.Version == "v2" ? 2 : 3,
            UserInputName = userInputName,
            ItemInputName = itemInputName,
            EmbeddingDim = embeddingDim,
            UserSegments = FeatureLayout.User(settings, vocabularies, PriceEdges()),
            ItemSegments = FeatureLayout.Item(
                settings, vocabularies, newest, Width(video => video.TextVector), Width(video => video.ImageVector)),
            Normalizer = new Normalizer
            {
                UserNumeric = FeatureLayout.UserNumeric.ToDictionary(name => name, _ => new Standardization(0, 1)),
                ItemNumeric = ItemStatistics(positives, newest),
            },
            Vocabularies = vocabularies,
        };
        return spec with { Normalizer = spec.Normalizer with { UserNumeric = UserNumeric(spec) } };
    }

    /// <summary>Of a snapshot's vectors, which have one width; 0 where there are none.</summary>
    private int Width(Func<Video, float[]?> vector) => catalogue.Videos.Select(vector).FirstOrDefault(found => found is not null)?.Length ?? 0;

    private void Check()
    {
        Require("features.version", settings.Version, "v2", "v3");
        Require("features.history_norm", settings.HistoryNorm, "l2", "sum");
        Require("features.distribution_norm", settings.DistributionNorm, "l2", "sum");
    }

    private static void Require(string key, string found, string one, string other)
    {
        if (found != one && found != other)
            throw new PermanentStageException($"{key}: {found}, expected {one} or {other}");
    }

    private SortedDictionary<string, Vocabulary> Vocabularies(int[] positives)
    {
        var vocabularies = new SortedDictionary<string, Vocabulary>(StringComparer.Ordinal)
        {
            ["tag"] = Vocabulary.Fit(Count(video => video.Tags), settings.MinTagFreq, settings.MaxTagVocab),
            ["actress"] = Vocabulary.Fit(Count(video => video.Performers), settings.MinActressFreq, settings.MaxActressVocab),
        };
        if (settings.Version == "v2")
            return vocabularies;

        var byVideo = catalogue.VideoIds.Select((id, item) => KeyValuePair.Create(id, positives[item]));
        vocabularies["video"] = Vocabulary.Fit(byVideo, Math.Max(1, settings.MinVideoFreq), settings.MaxVideoVocab);
        vocabularies["maker"] = Attribute(video => video.Maker, settings.MaxMakerVocab);
        vocabularies["label"] = Attribute(video => video.Label, settings.MaxLabelVocab);
        vocabularies["series"] = Attribute(video => video.Series, settings.MaxSeriesVocab);
        vocabularies["source"] = Attribute(video => video.Source, settings.MaxSourceVocab);
        return vocabularies;
    }

    private Vocabulary Attribute(Func<Video, string?> value, int maxSize) =>
        Vocabulary.Fit(Count(video => value(video) is { Length: > 0 } known ? [known] : []), settings.MinAttributeFreq, maxSize);

    private Dictionary<string, int> Count(Func<Video, IReadOnlyList<string>> tokens)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var video in catalogue.Videos)
        {
            foreach (var token in tokens(video).Distinct(StringComparer.Ordinal))
                counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        return counts;
    }

    /// <summary>Quantiles of the prices, so that bands hold about equally many videos; equal quantiles fall together.</summary>
    private double[] PriceEdges()
    {
        double[] prices = [.. catalogue.Videos.Where(video => video.Price is not null).Select(video => video.Price!.Value).Order()];
        return prices.Length == 0
            ? []
            : [.. Enumerable.Range(1, Math.Max(0, settings.MaxPriceBands - 1))
                .Select(band => prices[(int)((long)band * prices.Length / settings.MaxPriceBands)])
                .Where(edge => edge > prices[0])
                .Distinct()];
    }

    private Dictionary<string, Standardization> ItemStatistics(int[] positives, DateTimeOffset? newest)
    {
        ItemPayload[] items = [.. catalogue.Videos.Select((video, item) => ItemPayload.From(video, positives[item]))];
        Dictionary<string, Standardization> statistics = new(StringComparer.Ordinal);
        foreach (var name in (string[])["price", "recency_days", "duration_seconds"])
            statistics[name] = Standardization.Of([.. items.Select(item => ItemNumber.Of(name, item, newest) ?? 0)]);
        if (settings.Version == "v2")
            return statistics;

        foreach (var name in (string[])["price_log1p", "release_age_days_log1p", "positive_count_log1p"])
        {
            var known = items.Select(item => ItemNumber.Of(name, item, newest)).Where(value => value is not null);
            statistics[name] = Standardization.Of([.. known.Select(value => Math.Log(1 + Math.Max(0, value!.Value)))]);
        }

        return statistics;
    }

    /// <summary>
    /// Over users as they were at up to four likes spread over their training part, and as they are at its very end: the moments that
    /// training and serving ask for.
    /// </summary>
    private Dictionary<string, Standardization> UserNumeric(FeatureSpec spec)
    {
        var states = new UserStates(spec, catalogue, log, split);
        var columns = states.Numbers();
        return FeatureLayout.UserNumeric
            .Select((name, column) => KeyValuePair.Create(name, Standardization.Of(columns[column])))
            .ToDictionary(StringComparer.Ordinal);
    }
}
