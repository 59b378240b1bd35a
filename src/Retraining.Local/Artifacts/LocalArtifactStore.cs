using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Local.Files;

namespace Retraining.Local.Artifacts;

/// <summary>
/// Artifacts in a folder. A file is written beside its place, flushed to the disk and renamed, so that a reader sees a whole file or none,
/// after a crash too. What a crash leaves behind begins with <see cref="TemporaryPrefix"/>; the next write of the same file takes it over,
/// and <see cref="RemoveLeftovers"/> removes it.
/// </summary>
public sealed class LocalArtifactStore : IArtifactStore
{
    private const string TemporaryPrefix = ".writing-";

    /// <summary>Each write to the disk costs a change of threads.</summary>
    private const int WriteBytes = 1 << 18;
    private readonly string _root;

    /// <param name="root">Need not exist yet.</param>
    public LocalArtifactStore(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    }

    public string Location => _root;

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 1 << 16, Share = FileShare.Read | FileShare.Delete };
        try
        {
            return Task.FromResult<Stream>(new FileStream(FullPath(path), options));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactNotFoundException(path, _root);
        }
    }

    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        var target = FullPath(path);
        var folder = Path.GetDirectoryName(target)!;
        DurableFile.CreateFolder(folder);
        var temporary = Path.Combine(folder, TemporaryPrefix + Path.GetFileName(target));
        try
        {
            ArtifactRef written;
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, WriteBytes, FileOptions.Asynchronous))
            {
                await using var hashing = new HashingStream(file);
                await write(hashing, cancellationToken);
                await file.FlushAsync(cancellationToken);
                file.Flush(flushToDisk: true);
                written = new ArtifactRef(path, hashing.Sha256(), file.Length);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
            DurableFile.FlushFolder(folder);
            return written;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(File.Exists(FullPath(path)));
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        var top = folder.Length == 0 ? _root : FullPath(folder.TrimEnd('/'));
        IReadOnlyList<string> found = [];
        if (Directory.Exists(top))
        {
            found = [.. Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
                .Where(file => !IsTemporary(file))
                .Select(file => Path.GetRelativePath(_root, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(file => file.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
        }

        return Task.FromResult(found);
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = FullPath(path);
        if (File.Exists(target))
        {
            File.Delete(target);
            DurableFile.FlushFolder(Path.GetDirectoryName(target)!);
        }

        return Task.CompletedTask;
    }

    /// <summary>Removes what interrupted writes left under <paramref name="prefix"/>. Only for one who knows that nobody writes there.</summary>
    public void RemoveLeftovers(string prefix)
    {
        var top = prefix.Length == 0 ? _root : FullPath(prefix.TrimEnd('/'));
        if (!Directory.Exists(top))
            return;

        foreach (var file in Directory.EnumerateFiles(top, TemporaryPrefix + "*", SearchOption.AllDirectories))
            File.Delete(file);
    }

    /// <summary>Removes a folder with all that is in it; no error when there is none.</summary>
    public void RemoveFolder(string prefix)
    {
        var folder = FullPath(prefix.TrimEnd('/'));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static bool IsTemporary(string file) => Path.GetFileName(file.AsSpan()).StartsWith(TemporaryPrefix, StringComparison.Ordinal);

    private string FullPath(string path)
    {
        var bad = path.Length == 0 || path.Contains('\\') || path.Contains('\0') || path.Contains(':')
            || path.Split('/').Any(segment => segment.Length == 0 || segment is "." or ".." || segment.StartsWith(TemporaryPrefix, StringComparison.Ordinal));
        return bad
            ? throw new PermanentStageException($"artifact path \"{path}\", expected names joined by single forward slashes, none of them \".\" or \"..\"")
            : Path.Combine(_root, path);
    }
}
