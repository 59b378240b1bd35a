namespace Retraining.Artifacts;

/// <summary>Content types of the artifact set, by file name.</summary>
public static class ContentTypes
{
    public static string Of(string path) => Path.GetExtension(path) switch
    {
        ".json" => "application/json",
        ".ndjson" => "application/x-ndjson",
        ".parquet" => "application/vnd.apache.parquet",
        ".gz" => "application/gzip",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
