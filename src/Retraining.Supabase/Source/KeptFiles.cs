using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>Rows of a project's tables in an artifact store, from one sync to the next. Files appear whole or not at all.</summary>
/// <param name="store">Gets the files.</param>
/// <param name="location">The project; another one's rows lie elsewhere.</param>
internal sealed class KeptFiles(IArtifactStore store, string location)
{
    private readonly string _folder =
        $"sources/supabase-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(location)))[..16]}/";

    /// <returns>Null where nothing is kept, or what is kept cannot be read.</returns>
    public async Task<KeptState?> ReadStateAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await store.OpenReadAsync(StateOf(table), cancellationToken);
            return await JsonSerializer.DeserializeAsync<KeptState>(file, RowJson.Indented, cancellationToken);
        }
        catch (Exception error) when (error is ArtifactNotFoundException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    public Task WriteStateAsync(string table, KeptState state, CancellationToken cancellationToken) => store.WriteAsync(
        StateOf(table),
        (stream, token) => JsonSerializer.SerializeAsync(stream, state, RowJson.Indented, token),
        WriteOptions.Private,
        cancellationToken);

    /// <param name="table">Whose rows they are.</param>
    /// <param name="name">Of the part, one for each.</param>
    /// <param name="write">Gets a stream for rows as lines of JSON.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is to be seen then.</param>
    public Task<ArtifactRef> WritePartAsync(
        string table, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) => store.WriteAsync(
        $"{_folder}{table}/{name}.ndjson.gz",
        async (stream, token) =>
        {
            await using var rows = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
            await write(rows, token);
        },
        WriteOptions.Private,
        cancellationToken);

    /// <summary>The rows of a part; each is valid until the next is asked for.</summary>
    /// <exception cref="IOException">
    /// The file is not what was written. What is kept of the table is given up, so that the next attempt reads it anew.
    /// </exception>
    public async IAsyncEnumerable<ScannedRow> ReadAsync(
        string table, ArtifactRef part, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = new GZipStream(await OpenAsync(table, part, cancellationToken), CompressionMode.Decompress);
        await foreach (var row in new JsonRowScanner(rows, part.Path).ReadAsync(cancellationToken))
            yield return row;
    }

    /// <summary>Removes the files that a table's state does not name; all of them where there is none.</summary>
    public async Task RemoveOthersAsync(string table, KeptState? state, CancellationToken cancellationToken)
    {
        if (state is null)
            await store.DeleteAsync(StateOf(table), cancellationToken);
        var named = (state?.Reads ?? []).SelectMany(read => read.Parts).Select(part => part.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in await store.ListAsync($"{_folder}{table}/", cancellationToken))
        {
            if (!named.Contains(path))
                await store.DeleteAsync(path, cancellationToken);
        }
    }

    private string StateOf(string table) => $"{_folder}{table}.json";

    private async Task<MemoryStream> OpenAsync(string table, ArtifactRef part, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        string found;
        try
        {
            await using var file = await store.OpenReadAsync(part.Path, cancellationToken);
            await file.CopyToAsync(bytes, cancellationToken);
            found = Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        }
        catch (Exception error) when (error is ArtifactNotFoundException or InvalidDataException)
        {
            found = error.Message;
        }

        if (found != part.Sha256)
        {
            await RemoveOthersAsync(table, null, cancellationToken);
            throw new IOException(
                $"{part.Path}: found {found}, expected the hash {part.Sha256} with which it was written; the table is read anew");
        }

        bytes.Position = 0;
        return bytes;
    }
}
