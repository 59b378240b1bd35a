using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>Fetches each step's batch from the source, its parts side by side on the team's threads.</summary>
internal sealed class BatchFetch
{
    private readonly IExampleSource _source;
    private readonly WorkTeam _team;
    private readonly TrainingBatch[] _parts;
    private readonly BatchPlace[] _places;
    private readonly Action<int, int> _fillJob;
    private readonly Action<int, int> _copyJob;
    private int _epoch;
    private int _step;

    public BatchFetch(IExampleSource source, WorkTeam team)
    {
        (_source, _team, _fillJob, _copyJob) = (source, team, FillPart, CopyPart);
        Current = new TrainingBatch(source.UserColumns);
        _parts = team.Size > 1 && source.Parts > 1 ? [.. Enumerable.Range(0, source.Parts).Select(_ => new TrainingBatch(source.UserColumns))] : [];
        _places = new BatchPlace[_parts.Length];
    }

    /// <summary>The batch of the last fetch; valid until the next one.</summary>
    public TrainingBatch Current { get; }

    public TrainingBatch Fetch(int epoch, int step)
    {
        if (_parts.Length == 0)
        {
            _source.Fill(epoch, step, Current);
            return Current;
        }

        (_epoch, _step) = (epoch, step);
        _team.Run(_parts.Length, _fillJob);
        var end = default(BatchPlace);
        for (var part = 0; part < _parts.Length; part++)
            (_places[part], end) = (end, end.After(_parts[part]));
        Current.Resize(end);
        _team.Run(_parts.Length, _copyJob);
        return Current;
    }

    private void FillPart(int part, int worker)
    {
        _parts[part].Clear();
        _source.Append(_epoch, _step, part, _parts[part]);
    }

    private void CopyPart(int part, int worker) => Current.Take(_parts[part], _places[part]);
}
