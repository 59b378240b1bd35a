using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Source;

/// <summary>
/// The rows of a Parquet file as the JSON texts that the same rows have in a JSON file, so that both are read by the same rules.
/// Reads only the columns that are looked for, a row group at a time; memory is bounded by these.
/// </summary>
/// <param name="file">Seekable; not closed.</param>
/// <param name="otherwise">Reads what the own reader refuses; null where nothing does.</param>
internal sealed class ParquetRows(Stream file, string origin, RowFields fields, ReadParquetLeaf? otherwise)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const string Hint = "; a build with Parquet.Net reads more codecs and encodings (README, Packages)";

    /// <summary>The rows' texts in order. Each is valid until the next is asked for.</summary>
    /// <exception cref="PermanentStageException">The file is no Parquet, broken, lacks a column, or has one that cannot be read.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await GuardAsync(() => ParquetReader.OpenAsync(file, cancellationToken));
        ParquetNode[] columns = [.. reader.Columns.Where(column => fields.Known.Contains(column.Name))];
        Check(reader, columns);

        var text = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(text, Readable);
        for (var group = 0; group < reader.RowGroups; group++)
        {
            var cursors = await GuardAsync(() => ReadGroupAsync(reader, group, columns, cancellationToken));
            for (var row = 0L; row < reader.RowsOf(group); row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                text.ResetWrittenCount();
                json.Reset();
                Guard(() => Write(cursors, json));
                yield return text.WrittenMemory;
            }

            Guard(() => Array.ForEach(cursors, cursor => cursor.RequireEnd()));
        }
    }

    private void Check(ParquetReader reader, ParquetNode[] columns)
    {
        if (fields.Required.Except(columns.Select(column => column.Name)).FirstOrDefault() is { } missing)
            throw new PermanentStageException(
                $"{origin}: found no column {missing} among {string.Join(", ", reader.Columns.Select(column => column.Name))}, expected one");
        if (columns.FirstOrDefault(HasMap) is { } map)
            throw new PermanentStageException($"{origin}: Parquet column {map.Name}: a map, expected a value, or a list of texts or structs");
    }

    private static bool HasMap(ParquetNode node) => node.Shape == ParquetShape.Map || node.Children.Any(HasMap);

    private async Task<NodeCursor[]> ReadGroupAsync(
        ParquetReader reader, int group, ParquetNode[] columns, CancellationToken cancellationToken)
    {
        var leaves = new Dictionary<int, LeafCursor>();
        foreach (var leaf in columns.SelectMany(column => column.Leaves))
            leaves[leaf.Index] = new LeafCursor(leaf, await ReadLeafAsync(reader, group, leaf, cancellationToken));
        return [.. columns.Select(column => new NodeCursor(column, leaves))];
    }

    private async Task<ParquetEntries> ReadLeafAsync(ParquetReader reader, int group, ParquetLeaf leaf, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadEntriesAsync(group, leaf, cancellationToken);
        }
        catch (ParquetCodingException) when (otherwise is not null)
        {
            return await otherwise(file, group, leaf, cancellationToken);
        }
    }

    private static void Write(NodeCursor[] columns, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var column in columns)
        {
            json.WritePropertyName(column.Name);
            column.WriteRow(json);
        }

        json.WriteEndObject();
        json.Flush();
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw Refusal(e);
        }
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (InvalidDataException e)
        {
            throw Refusal(e);
        }
    }

    private PermanentStageException Refusal(Exception reason) =>
        new($"{origin}: {reason.Message}{(reason is ParquetCodingException && otherwise is null ? Hint : "")}", reason);
}
