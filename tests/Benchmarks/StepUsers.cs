namespace Benchmarks;

/// <summary>The positives of one step by user: a user who comes twice gets one row, however far apart they are.</summary>
internal sealed class StepUsers(int users, int positives)
{
    private readonly int[] _rowOf = [.. Enumerable.Repeat(-1, users)];
    private readonly int[] _users = new int[positives];
    private readonly int[] _starts = new int[positives + 2];
    private readonly int[] _grouped = new int[positives];
    private (int Epoch, int Step) _of = (-1, -1);

    /// <summary>Users in the step.</summary>
    public int Count { get; private set; }

    public int User(int row) => _users[row];

    public ReadOnlySpan<int> PositivesOf(int row) => _grouped.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Groups a step's positives, unless they are already.</summary>
    public void Group(int epoch, int step, ReadOnlySpan<int> positives, int[] userOf)
    {
        if (_of == (epoch, step))
            return;
        _of = (epoch, step);
        Count = 0;
        Array.Clear(_starts);
        foreach (var positive in positives)
        {
            ref var row = ref _rowOf[userOf[positive]];
            if (row < 0)
            {
                row = Count++;
                _users[row] = userOf[positive];
            }

            _starts[row + 2]++;
        }

        for (var row = 2; row < _starts.Length; row++)
            _starts[row] += _starts[row - 1];
        foreach (var positive in positives)
            _grouped[_starts[_rowOf[userOf[positive]] + 1]++] = positive;
        foreach (var positive in positives)
            _rowOf[userOf[positive]] = -1;
    }
}
