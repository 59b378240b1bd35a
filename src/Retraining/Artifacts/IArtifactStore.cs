namespace Retraining.Artifacts;

/// <summary>Files by path: a folder, Azure Blob Storage or Supabase Storage. A reader sees a whole file or none.</summary>
public interface IArtifactStore
{
    /// <summary>Where this is, for people; no secrets.</summary>
    string Location { get; }

    /// <summary>Opens a file. The stream is seekable.</summary>
    /// <exception cref="ArtifactNotFoundException">There is no such file.</exception>
    Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Writes a file whole, replacing one of that name, and returns its hash and size. Nothing is visible before the end.</summary>
    Task<ArtifactRef> WriteAsync(string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken);

    Task<bool> ExistsAsync(string path, CancellationToken cancellationToken);

    /// <summary>All paths that start with <paramref name="prefix"/>, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes a file; no error when there is none.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);
}
