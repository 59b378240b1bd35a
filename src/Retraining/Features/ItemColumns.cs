using System.Runtime.CompilerServices;
using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>For each item of a catalogue the columns that a like of it counts in, for one bag: compressed rows.</summary>
internal sealed class ItemColumns
{
    private readonly int[] _offsets;
    private readonly int[] _columns;

    public ItemColumns(UserBag bag, Catalogue catalogue)
    {
        Bag = bag;
        var columns = new List<int>();
        _offsets = new int[catalogue.Count + 1];
        for (var item = 0; item < catalogue.Count; item++)
        {
            bag.AddColumns(catalogue.Videos[item], columns);
            _offsets[item + 1] = columns.Count;
        }

        _columns = [.. columns];
    }

    public UserBag Bag { get; }

    public ReadOnlySpan<int> this[int item]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _columns.AsSpan(_offsets[item], _offsets[item + 1] - _offsets[item]);
    }
}
