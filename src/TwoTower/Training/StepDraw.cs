using System.Runtime.InteropServices;
using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>
/// What an optimiser step is computed on: batch, candidates, feature rows and the units that dropout hides. A pure function of seed and
/// step, whatever computes the step.
/// </summary>
internal sealed class StepDraw
{
    private const int UserDropoutStream = 11;
    private const int ItemDropoutStream = 12;
    private const int UserInputStream = 13;
    private const int ItemInputStream = 14;
    private readonly TrainerOptions _options;
    private readonly SparseRows _items;
    private readonly RowStaging _userRows;
    private readonly RowStaging _itemRows;
    private readonly BatchFetch _batches;

    public StepDraw(SparseRows items, IExampleSource source, TrainerOptions options, WorkTeam team)
    {
        (_options, _items) = (options, items);
        _userRows = new RowStaging(source.UserColumns, options.UserInputDropout, 0..0, 0);
        _itemRows = new RowStaging(items.Columns, options.ItemInputDropout, options.ItemIdColumns, options.IdDropout);
        (Candidates, Chosen) = (new(items.Rows), new(options, items.Rows, source));
        _batches = new BatchFetch(source, team);
    }

    public TrainingBatch Batch => _batches.Current;

    public Candidates Candidates { get; }

    /// <summary>How the candidates were chosen; holds the negatives of the binary loss.</summary>
    public CandidateDraw Chosen { get; }

    /// <summary>Feature rows of the batch's users.</summary>
    public SparseRows Users { get; private set; } = new(1);

    /// <summary>Feature rows of the candidates.</summary>
    public SparseRows Items => _itemRows.Rows;

    public DropoutMask UserMask { get; private set; }

    public DropoutMask ItemMask { get; private set; }

    /// <summary>1 / sum of the target weights.</summary>
    public double Share { get; private set; }

    /// <summary>Fetches the batch of a step.</summary>
    public TrainingBatch Fetch(int epoch, int step) => _batches.Fetch(epoch, step);

    /// <summary>Makes the rest ready for the batch at hand.</summary>
    /// <param name="number">Of the step in the whole run, from 0.</param>
    public void Prepare(long number)
    {
        Chosen.Fill(Candidates, Batch, number);
        _itemRows.Take(_items, CollectionsMarshal.AsSpan(Candidates.Items), CounterRandom.Key(_options.Seed, ItemInputStream, number));
        Users = UserRows(number);
        UserMask = Mask(UserDropoutStream, number);
        ItemMask = Mask(ItemDropoutStream, number);
        var weights = 0.0;
        foreach (var weight in Batch.Weight)
            weights += weight;
        Share = 1 / weights;
    }

    private SparseRows UserRows(long number)
    {
        if (_userRows.CopiesOnly)
            return Batch.Users;
        _userRows.TakeAll(Batch.Users, CounterRandom.Key(_options.Seed, UserInputStream, number));
        return _userRows.Rows;
    }

    private DropoutMask Mask(int stream, long number) =>
        DropoutMask.Create(CounterRandom.Key(_options.Seed, stream, number), _options.Dropout);
}
