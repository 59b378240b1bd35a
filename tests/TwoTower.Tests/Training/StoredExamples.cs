using TwoTower.Training;

namespace TwoTower.Tests.Training;

/// <summary>Other examples made once and copied ever after, so that filling a batch allocates nothing.</summary>
internal sealed class StoredExamples(FakeExamples examples, bool withKnown = true) : IExampleSource
{
    private readonly TrainingBatch[] _parts =
        [.. Enumerable.Range(0, examples.StepsPerEpoch * examples.Parts).Select(k => Part(examples, k / examples.Parts, k % examples.Parts))];

    public int UserColumns => examples.UserColumns;

    public int StepsPerEpoch => examples.StepsPerEpoch;

    public int Parts => examples.Parts;

    public ReadOnlySpan<float> TargetProbability => examples.TargetProbability;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        batch.Clear();
        for (var part = 0; part < Parts; part++)
            Append(epoch, step, part, batch);
    }

    public void Append(int epoch, int step, int part, TrainingBatch batch)
    {
        var (source, first) = (_parts[(step * Parts) + part], batch.Users.Rows);
        for (var row = 0; row < source.Users.Rows; row++)
        {
            batch.Users.Add(source.Users.RowIndices(row), source.Users.RowValues(row));
            for (var k = source.KnownOffsets[row]; k < source.KnownOffsets[row + 1] && withKnown; k++)
                batch.KnownItems.Add(source.KnownItems[k]);
            if (withKnown)
                batch.KnownOffsets.Add(batch.KnownItems.Count);
            for (var k = source.DislikedOffsets[row]; k < source.DislikedOffsets[row + 1]; k++)
                batch.DislikedItems.Add(source.DislikedItems[k]);
            batch.DislikedOffsets.Add(batch.DislikedItems.Count);
        }

        for (var target = 0; target < source.Targets; target++)
        {
            batch.UserRow.Add(first + source.UserRow[target]);
            batch.Item.Add(source.Item[target]);
            batch.Weight.Add(source.Weight[target]);
        }
    }

    private static TrainingBatch Part(FakeExamples examples, int step, int part)
    {
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Append(0, step, part, batch);
        return batch;
    }
}
