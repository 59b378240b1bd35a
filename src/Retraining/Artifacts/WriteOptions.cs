namespace Retraining.Artifacts;

/// <summary>What a store says about a file to those who fetch it over HTTP.</summary>
public sealed record WriteOptions
{
    /// <summary>A run's own files: nobody fetches them over HTTP.</summary>
    public static readonly WriteOptions Private = new();

    /// <summary>A file of a published version: it never changes.</summary>
    public static readonly WriteOptions Immutable = new() { CacheControl = "public, max-age=31536000, immutable" };

    /// <summary>A file that moves to the next version: <c>current/</c>, <c>latest</c>.</summary>
    public static readonly WriteOptions Pointer = new() { CacheControl = "no-cache" };

    public string? CacheControl { get; init; }
}
