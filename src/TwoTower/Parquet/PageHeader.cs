namespace TwoTower.Parquet;

/// <summary>What precedes a page.</summary>
internal sealed record PageHeader
{
    public const int Data = 0, Index = 1, Dictionary = 2, DataV2 = 3;

    public int Type { get; private set; } = -1;
    public int UncompressedBytes { get; private set; } = -1;
    public int CompressedBytes { get; private set; } = -1;
    public int Entries { get; private set; } = -1;
    public PageEncoding Encoding { get; private set; }
    public PageEncoding DefinitionEncoding { get; private set; } = PageEncoding.Rle;
    public PageEncoding RepetitionEncoding { get; private set; } = PageEncoding.Rle;
    public int DefinitionBytes { get; private set; }
    public int RepetitionBytes { get; private set; }
    public bool IsCompressed { get; private set; } = true;

    /// <param name="data">From the header's first byte.</param>
    /// <param name="length">Bytes of the header.</param>
    public static PageHeader Parse(ReadOnlySpan<byte> data, string where, out int length)
    {
        var header = new PageHeader();
        var from = new CompactReader(data, where);
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: header.Type = from.Int32(); break;
                case 2: header.UncompressedBytes = from.Int32(); break;
                case 3: header.CompressedBytes = from.Int32(); break;
                case 5: header.ParseData(ref from); break;
                case 7: header.ParseDictionary(ref from); break;
                case 8: header.ParseDataV2(ref from); break;
                default: from.Skip(type); break;
            }
        }

        length = from.Position;
        return header;
    }

    private void ParseData(ref CompactReader from)
    {
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: Entries = from.Int32(); break;
                case 2: Encoding = (PageEncoding)from.Int32(); break;
                case 3: DefinitionEncoding = (PageEncoding)from.Int32(); break;
                case 4: RepetitionEncoding = (PageEncoding)from.Int32(); break;
                default: from.Skip(type); break;
            }
        }
    }

    private void ParseDictionary(ref CompactReader from)
    {
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: Entries = from.Int32(); break;
                case 2: Encoding = (PageEncoding)from.Int32(); break;
                default: from.Skip(type); break;
            }
        }
    }

    private void ParseDataV2(ref CompactReader from)
    {
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: Entries = from.Int32(); break;
                case 4: Encoding = (PageEncoding)from.Int32(); break;
                case 5: DefinitionBytes = from.Int32(); break;
                case 6: RepetitionBytes = from.Int32(); break;
                case 7: IsCompressed = type == CompactType.True; break;
                default: from.Skip(type); break;
            }
        }
    }
}
