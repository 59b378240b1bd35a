using System.Buffers.Binary;
using Retraining.Execution;

namespace Retraining.Postgres.Serving;

/// <summary>pgvector's binary form of a value: dimension and a reserved word as int16, then the components, all big-endian.</summary>
internal static class VectorColumn
{
    private const int HeaderBytes = 4;

    public static int BytesOf(string columnType, int dim) => HeaderBytes + dim * (columnType == "halfvec" ? 2 : 4);

    /// <param name="target">[<see cref="BytesOf"/>]; overwritten.</param>
    /// <param name="where">Names the row in an error.</param>
    /// <exception cref="PermanentStageException">A component is not finite, or too large for a half.</exception>
    public static void Write<TName>(ReadOnlySpan<float> embedding, string columnType, Span<byte> target, TName where)
        where TName : struct
    {
        BinaryPrimitives.WriteInt16BigEndian(target, checked((short)embedding.Length));
        BinaryPrimitives.WriteInt16BigEndian(target[2..], 0);
        var isHalf = columnType == "halfvec";
        for (var i = 0; i < embedding.Length; i++)
        {
            if (!float.IsFinite(embedding[i]) || (isHalf && !Half.IsFinite((Half)embedding[i])))
                throw new PermanentStageException($"{where}: component {i} is {embedding[i]}, expected a finite {columnType} value");
            if (isHalf)
                BinaryPrimitives.WriteHalfBigEndian(target[(HeaderBytes + 2 * i)..], (Half)embedding[i]);
            else
                BinaryPrimitives.WriteSingleBigEndian(target[(HeaderBytes + 4 * i)..], embedding[i]);
        }
    }
}
