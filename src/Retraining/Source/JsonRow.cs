using System.Text;
using System.Text.Json;

namespace Retraining.Source;

/// <summary>Turns the text of one row into its record, or says why not.</summary>
internal static class JsonRow
{
    private static readonly string[] BareNumbers = ["-Infinity", "Infinity", "NaN"];

    public static SourceRow<T> Read<T>(string origin, long row, ScannedRow scanned, Func<JsonFields, T> map)
        where T : class => !scanned.IsCut ? Read(origin, row, scanned.Text, map) : new(origin, row, null, new(
            "row", $"more than {ScanBuffer.MaxRowBytes >> 20} MiB", "a shorter row", Encoding.UTF8.GetString(scanned.Text.Span)));

    public static SourceRow<T> Read<T>(string origin, long row, ReadOnlyMemory<byte> text, Func<JsonFields, T> map)
        where T : class
    {
        JsonDocument document;
        try
        {
            document = Parse(text);
        }
        catch (JsonException e)
        {
            return new(origin, row, null, new("row", e.Message, "JSON", Encoding.UTF8.GetString(text.Span)));
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                var found = document.RootElement.ValueKind.ToString().ToLowerInvariant();
                return new(origin, row, null, new("row", found, "an object", Encoding.UTF8.GetString(text.Span)));
            }

            var fields = new JsonFields(document.RootElement);
            try
            {
                var value = map(fields);
                return fields.Fault is { } fault
                    ? new(origin, row, null, fault with { Raw = Encoding.UTF8.GetString(text.Span) })
                    : new(origin, row, value, null);
            }
            catch (InvalidOperationException e)
            {
                return new(origin, row, null, new("row", e.Message, "UTF-8 text", Encoding.UTF8.GetString(text.Span)));
            }
        }
    }

    public static Profile Profile(JsonFields fields) => new()
    {
        UserId = fields.Id("user_id"),
        DisplayName = fields.Text("display_name"),
        CreatedAt = fields.Date("created_at"),
    };

    public static Video Video(JsonFields fields) => new()
    {
        Id = fields.Id("id"),
        ExternalId = fields.Text("external_id"),
        Title = fields.Text("title"),
        Description = fields.Text("description"),
        DurationSeconds = fields.Integer("duration_seconds"),
        Price = fields.Number("price"),
        Maker = fields.Text("maker"),
        Label = fields.Text("label"),
        Series = fields.Text("series"),
        Director = fields.Text("director"),
        Source = fields.Text("source"),
        ProductUrl = fields.Text("product_url"),
        ThumbnailUrl = fields.Text("thumbnail_url"),
        ProductReleasedAt = fields.Date("product_released_at"),
        DistributionStartedAt = fields.Date("distribution_started_at"),
        PublishedAt = fields.Date("published_at"),
        CreatedAt = fields.Date("created_at"),
        SafetyLevel = (short?)fields.Integer("safety_level", short.MinValue, short.MaxValue),
        RegionCodes = fields.Names("region_codes", "region_codes", "code"),
        IsActive = fields.Flag("is_active") ?? true,
        Tags = fields.Names("tags", "all_tags", "tag_name"),
        Performers = fields.Names("performers", "all_performers", "performer_name"),
        TextVector = fields.Vector("text_vector"),
        ImageVector = fields.Vector("image_vector"),
    };

    public static Decision Decision(JsonFields fields) => new()
    {
        UserId = fields.Id("user_id"),
        VideoId = fields.Id("video_id"),
        DecisionType = fields.RequiredText("decision_type"),
        CreatedAt = fields.RequiredDate("created_at"),
        Weight = (float)(fields.Number("weight") ?? 1),
    };

    /// <summary>Parses; a bare NaN or Infinity, as Python writes it, becomes text so that the field can be named.</summary>
    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException) when (text.Span.IndexOf("NaN"u8) >= 0 || text.Span.IndexOf("Infinity"u8) >= 0)
        {
            return JsonDocument.Parse(QuoteBareNumbers(Encoding.UTF8.GetString(text.Span)));
        }
    }

    private static string QuoteBareNumbers(string text)
    {
        var quoted = new StringBuilder(text.Length + 16);
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var bare = inString ? null : Array.Find(BareNumbers, n => string.CompareOrdinal(text, i, n, 0, n.Length) == 0);
            if (bare is not null)
            {
                quoted.Append('"').Append(bare).Append('"');
                i += bare.Length - 1;
                continue;
            }

            quoted.Append(text[i]);
            if (inString && text[i] == '\\' && i + 1 < text.Length)
                quoted.Append(text[++i]);
            else if (text[i] == '"')
                inString = !inString;
        }

        return quoted.ToString();
    }
}
