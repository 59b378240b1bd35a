using System.Buffers;
using System.Runtime.InteropServices;

namespace TwoTower.Parquet;

/// <summary>One column of a row group as it was handed to the writer: cuts itself into page bodies.</summary>
internal abstract class PageSource(string column, int rows)
{
    protected string Column { get; } = column;

    public int Rows { get; } = rows;

    /// <summary>Values of the dictionary that the pages' indices point into; null for a column without one.</summary>
    public virtual int? DictionaryValues => null;

    /// <summary>Writes levels and values of rows [start, end) and returns how many entries, nulls and empty lists included, that were.</summary>
    public abstract int Write(int start, int end, IBufferWriter<byte> output);

    /// <summary>Writes the body of the dictionary's page.</summary>
    public virtual void WriteDictionary(IBufferWriter<byte> output) => throw new InvalidOperationException($"column {Column} has no dictionary");

    /// <exception cref="ArgumentException">The data is not what the schema says.</exception>
    public static PageSource From(ParquetField field, object data) => field.Type switch
    {
        ParquetType.String when !field.IsList => data switch
        {
            string?[] texts => new TextSource(field, texts),
            PlainTexts texts => new PlainTextSource(field, texts),
            DictionaryColumn<string> texts => new DictionarySource<string>(field, texts),
            _ => throw Mismatch(field, data),
        },
        ParquetType.String when data is PlainTextLists lists => new PlainTextListSource(field, lists),
        ParquetType.String => List<string>(field, data),
        ParquetType.Bool => Numbers<bool>(field, data),
        ParquetType.Int32 => Numbers<int>(field, data),
        ParquetType.Int64 or ParquetType.Timestamp => Numbers<long>(field, data),
        ParquetType.Float => Numbers<float>(field, data),
        _ => Numbers<double>(field, data),
    };

    private static PageSource Numbers<T>(ParquetField field, object data)
        where T : unmanaged => data switch
        {
            _ when field.IsList => List<T>(field, data),
            T[] values => new NumberSource<T>(field, values),
            T?[] values => new NullableSource<T>(field, values),
            DictionaryColumn<T> values => new DictionarySource<T>(field, values),
            ComputedColumn<T> values => new ComputedSource<T>(field, values),
            _ => throw Mismatch(field, data),
        };

    private static ListSource<T> List<T>(ParquetField field, object data) => data switch
    {
        ListColumn<T> lists => new ListSource<T>(field, lists),
        T[][] rows => new ListSource<T>(field, new ListColumn<T>(rows)),
        _ => throw Mismatch(field, data),
    };

    private static ArgumentException Mismatch(ParquetField field, object data)
    {
        var element = field.ClrType.Name;
        var expected = field.IsList ? $"ListColumn<{element}> or {element}[][]" : field.IsOptional ? $"{element}?[]" : $"{element}[]";
        return new ArgumentException($"column {field.Name}: {data.GetType().Name}, expected {expected} for {field}");
    }

    private ArgumentException NullAt(int row) => new($"column {Column}, row {row}: null, expected a value since the column is required");

    private sealed class NumberSource<T>(ParquetField field, T[] values) : PageSource(field.Name, values.Length)
        where T : unmanaged
    {
        private readonly bool _optional = field.IsOptional;

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            if (_optional)
                LevelEncoder.Write(Ones(end - start), output);
            PlainEncoder.Write<T>(values.AsSpan(start, end - start), output);
            return end - start;
        }

        private static byte[] Ones(int count)
        {
            var levels = new byte[count];
            Array.Fill(levels, (byte)1);
            return levels;
        }
    }

    private sealed class ComputedSource<T>(ParquetField field, ComputedColumn<T> column) : PageSource(field.Name, column.Rows)
        where T : unmanaged
    {
        private readonly FillRows<T> _fill = field.IsOptional
            ? throw new ArgumentException($"column {field.Name}: computed values for an optional column, expected a required one")
            : column.Fill;

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            var values = ArrayPool<T>.Shared.Rent(end - start);
            _fill(start, values.AsSpan(0, end - start));
            PlainEncoder.Write<T>(values.AsSpan(0, end - start), output);
            ArrayPool<T>.Shared.Return(values);
            return end - start;
        }
    }

    /// <summary>Values of which some may be null.</summary>
    private abstract class SparseSource<T>(ParquetField field, int rows) : PageSource(field.Name, rows)
    {
        private readonly bool _optional = field.IsOptional;

        protected abstract bool TryGet(int row, out T value);

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            var levels = new byte[end - start];
            var present = new List<T>(end - start);
            for (var row = start; row < end; row++)
            {
                if (TryGet(row, out var value))
                {
                    levels[row - start] = 1;
                    present.Add(value);
                }
                else if (!_optional)
                {
                    throw NullAt(row);
                }
            }

            if (_optional)
                LevelEncoder.Write(levels, output);
            PlainEncoder.Write<T>(CollectionsMarshal.AsSpan(present), output);
            return levels.Length;
        }
    }

    private sealed class NullableSource<T>(ParquetField field, T?[] values) : SparseSource<T>(field, values.Length)
        where T : unmanaged
    {
        protected override bool TryGet(int row, out T value)
        {
            value = values[row].GetValueOrDefault();
            return values[row].HasValue;
        }
    }

    private sealed class TextSource(ParquetField field, string?[] values) : SparseSource<string>(field, values.Length)
    {
        protected override bool TryGet(int row, out string value)
        {
            value = values[row] ?? "";
            return values[row] is not null;
        }
    }

    private sealed class DictionarySource<T>(ParquetField field, DictionaryColumn<T> column) : PageSource(field.Name, column.Rows)
    {
        private readonly T[] _values = field.IsOptional
            ? throw new ArgumentException($"column {field.Name}: a dictionary for an optional column, expected a required one")
            : column.Values;

        // A width of 0 would do for one value, but not all readers know it.
        private readonly int _bitWidth = Math.Max(1, 32 - int.LeadingZeroCount(column.Values.Length - 1));

        public override int? DictionaryValues => _values.Length;

        public override void WriteDictionary(IBufferWriter<byte> output)
        {
            if (!typeof(T).IsValueType && _values.AsSpan().IndexOf(default(T)!) is >= 0 and var at)
                throw new ArgumentException($"column {Column}, value {at} of the dictionary: null, expected a value");
            PlainEncoder.Write<T>(_values, output);
        }

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            var indices = ArrayPool<int>.Shared.Rent(end - start);
            var some = indices.AsSpan(0, end - start);
            column.Indices(start, some);
            column.Require(some, start);
            IndexEncoder.Write(some, _bitWidth, output);
            ArrayPool<int>.Shared.Return(indices);
            return end - start;
        }
    }

    private sealed class PlainTextSource(ParquetField field, PlainTexts texts) : PageSource(field.Name, texts.Ends.Length)
    {
        private readonly bool _optional = field.IsOptional;

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            var levels = new byte[end - start];
            for (var row = start; row < end; row++)
            {
                if (texts.Ends[row] > texts.StartOf(row))
                    levels[row - start] = 1;
                else if (!_optional)
                    throw NullAt(row);
            }

            if (_optional)
                LevelEncoder.Write(levels, output);
            output.Write(texts.Bytes.Span[texts.StartOf(start)..texts.StartOf(end)]);
            return levels.Length;
        }
    }

    /// <summary>Lists by the offsets of their elements; there are empty ones, but none is null.</summary>
    private abstract class ListsSource(ParquetField field, int[] offsets) : PageSource(field.Name, offsets.Length - 1)
    {
        private readonly int[] _offsets = field.IsOptional
            ? throw new ArgumentException($"column {field.Name}: an optional list, expected a required one (an empty list stands for none)")
            : offsets;

        /// <summary>Writes the elements of rows [start, end).</summary>
        protected abstract void WriteElements(int start, int end, IBufferWriter<byte> output);

        public override int Write(int start, int end, IBufferWriter<byte> output)
        {
            var entries = _offsets[end] - _offsets[start];
            for (var row = start; row < end; row++)
                entries += _offsets[row] == _offsets[row + 1] ? 1 : 0;
            var levels = new byte[2 * entries];
            var repetition = levels.AsSpan(0, entries);
            var definition = levels.AsSpan(entries);
            for (int row = start, entry = 0; row < end; row++)
            {
                var count = _offsets[row + 1] - _offsets[row];
                definition.Slice(entry, count).Fill(1);
                if (count > 1)
                    repetition.Slice(entry + 1, count - 1).Fill(1);
                entry += Math.Max(count, 1);
            }

            LevelEncoder.Write(repetition, output);
            LevelEncoder.Write(definition, output);
            WriteElements(start, end, output);
            return entries;
        }
    }

    private sealed class PlainTextListSource(ParquetField field, PlainTextLists lists) : ListsSource(field, lists.Offsets)
    {
        protected override void WriteElements(int start, int end, IBufferWriter<byte> output) =>
            output.Write(lists.Texts.Bytes.Span[lists.Texts.StartOf(start)..lists.Texts.StartOf(end)]);
    }

    private sealed class ListSource<T>(ParquetField field, ListColumn<T> lists) : ListsSource(field, lists.Offsets)
    {
        protected override void WriteElements(int start, int end, IBufferWriter<byte> output)
        {
            var values = lists.Values.AsSpan(lists.Offsets[start], lists.Offsets[end] - lists.Offsets[start]);
            if (!typeof(T).IsValueType && values.IndexOf(default(T)!) is >= 0 and var at)
                throw new ArgumentException($"column {Column}, element {lists.Offsets[start] + at}: null, expected a value");
            PlainEncoder.Write<T>(values, output);
        }
    }
}
