using System.IO.Compression;
using System.Text;

namespace Retraining.Tests.Source;

/// <summary>A folder of the three JSON files for one test; deleted afterwards. Holds a small, good data set to begin with.</summary>
internal sealed class SourceFolder : IDisposable
{
    public const string Profiles = "profiles.json";
    public const string Videos = "videos.json";
    public const string Decisions = "user_video_decisions.json";

    public SourceFolder()
    {
        Write(Profiles,
            """
            [{"user_id": "u1", "display_name": "花子", "created_at": "2025-01-01T00:00:00Z"},
             {"user_id": "u2", "display_name": null, "created_at": null}]
            """);
        Write(Videos,
            """
            [{"id": "v1", "title": "夏の海", "price": 1980, "duration_seconds": 5400, "maker": "M", "tags": ["b", "a", "a"], "performers": ["P"],
              "product_released_at": "1970-01-01T00:00:00Z", "region_codes": ["JP"], "safety_level": 1, "is_active": false},
             {"id": "v2", "title": "Two", "price": "500.5", "all_tags": [{"name": "c"}], "performers": [{"name": "Q"}, {"name": "P"}]},
             {"id": "v3"}]
            """);
        Write(Decisions,
            """
            [{"user_id": "u1", "video_id": "v2", "decision_type": "like", "created_at": "2026-01-03T00:00:00Z"},
             {"user_id": "u1", "video_id": "v1", "decision_type": "nope", "created_at": "2026-01-02T09:00:00+09:00"},
             {"user_id": "u3", "video_id": "v1", "decision_type": "swipe_like", "created_at": "2026-01-01 00:00:00+00"}]
            """);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("retrain-source-").FullName;

    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text, new UTF8Encoding(false));

    public void WriteGzip(string name, string text)
    {
        using var gzip = new GZipStream(File.Create(System.IO.Path.Combine(Path, name)), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Replaces the file by the good one with more rows at its end.</summary>
    public void Append(string name, params string[] rows)
    {
        var text = Read(name).TrimEnd();
        Write(name, $"{text[..^1]},\n{string.Join(",\n", rows)}]");
    }

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
