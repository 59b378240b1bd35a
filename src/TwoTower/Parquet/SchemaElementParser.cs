namespace TwoTower.Parquet;

/// <summary>Parses the nodes of the schema in the footer.</summary>
internal static class SchemaElementParser
{
    public static SchemaElement Parse(ref CompactReader from)
    {
        var element = new SchemaElement { Name = "", Repetition = Repetition.Required };
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: element = element with { Type = (PhysicalType)from.Int32() }; break;
                case 2: element = element with { Width = from.Int32() }; break;
                case 3: element = element with { Repetition = (Repetition)from.Int32() }; break;
                case 4: element = element with { Name = from.String() }; break;
                case 5: element = element with { Children = from.Int32() }; break;
                case 6: element = element with { ConvertedType = from.Int32() }; break;
                case 7: element = element with { Scale = from.Int32() }; break;
                case 10: element = ParseLogicalType(ref from, element); break;
                default: from.Skip(type); break;
            }
        }

        return element;
    }

    private static SchemaElement ParseLogicalType(ref CompactReader from, SchemaElement element)
    {
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            element = element with { LogicalType = id };
            switch (id)
            {
                case SchemaElement.LogicalDecimal: element = element with { Scale = ParseScale(ref from) }; break;
                case SchemaElement.LogicalTimestamp: element = element with { TimestampDigits = ParseTimestampDigits(ref from) }; break;
                case SchemaElement.LogicalInteger: element = element with { IsUnsigned = ParseIsUnsigned(ref from) }; break;
                default: from.Skip(type); break;
            }
        }

        return element;
    }

    private static int ParseScale(ref CompactReader from)
    {
        var scale = 0;
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            if (id == 1)
                scale = from.Int32();
            else
                from.Skip(type);
        }

        return scale;
    }

    private static bool ParseIsUnsigned(ref CompactReader from)
    {
        var unsigned = false;
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            if (id == 2)
                unsigned = type == CompactType.False; // the field says whether it is signed, and lies in its type
            else
                from.Skip(type);
        }

        return unsigned;
    }

    private static int ParseTimestampDigits(ref CompactReader from)
    {
        var digits = 0;
        short id = 0;
        while (from.Next(ref id, out var type))
        {
            if (id != 2)
            {
                from.Skip(type);
                continue;
            }

            short unit = 0; // union: 1 milliseconds, 2 microseconds, 3 nanoseconds
            while (from.Next(ref unit, out var unitType))
            {
                digits = 3 * (unit - 1);
                from.Skip(unitType);
            }
        }

        return digits;
    }
}
