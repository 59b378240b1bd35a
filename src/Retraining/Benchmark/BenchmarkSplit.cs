using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Benchmark;

/// <summary>A split in memory: what to train on, what early stopping looks at, what is scored in the end.</summary>
internal sealed record BenchmarkSplit
{
    public required Catalogue Catalogue { get; init; }
    public required InteractionLog Log { get; init; }
    public required TimeSplit Split { get; init; }
    public required HeldOutPart Valid { get; init; }
    public required HeldOutPart Test { get; init; }

    /// <summary>All that may be learnt from once nothing is left to choose: training and validation rows.</summary>
    public required InteractionLog FullLog { get; init; }

    /// <summary>Per item whether it is ranked in validation.</summary>
    public required bool[] Candidates { get; init; }

    /// <summary>Per item whether it is ranked in the end.</summary>
    public required bool[] Ranked { get; init; }
    public required HistoryMode Mode { get; init; }

    public static async Task<BenchmarkSplit> ReadAsync(BenchmarkRequest request, CancellationToken cancellationToken)
    {
        if (request is { FoldIn: not null, Valid: not null, ValidFoldIn: null })
            throw new PermanentStageException("--valid-fold-in: nothing, expected the history of the validation users, as --fold-in is given");

        List<InteractionRow> Rows(string? path) => path is null ? [] : InteractionCsv.Read(path, cancellationToken);
        var (train, test, valid) = (Rows(request.Train), Rows(request.Test), Rows(request.Valid));
        var (foldIn, validFoldIn) = (Rows(request.FoldIn), Rows(request.ValidFoldIn));
        if (train.Count == 0)
            throw new PermanentStageException($"{request.Train}: 0 rows, expected at least 1");

        var cold = ColdItems.Draw(train, request.ColdShare);
        if (cold.Count > 0)
        {
            test = [.. test.Concat(request.FoldIn is null ? [.. train, .. valid] : foldIn).Where(row => cold.Contains(row.ItemId))];
            foreach (var rows in (List<InteractionRow>[])[train, valid, foldIn, validFoldIn])
                rows.RemoveAll(row => cold.Contains(row.ItemId));
        }

        InteractionRow[] all = [.. train, .. test, .. valid, .. foldIn, .. validFoldIn];
        var catalogue = await VideoFile.ReadAsync(request.Videos, all.Select(row => row.ItemId).Distinct(StringComparer.Ordinal), cancellationToken);
        var candidates = Flags(catalogue, train.Select(row => row.ItemId), request.AllItems);

        var ranked = cold.Count > 0 ? Flags(catalogue, cold, all: false) : candidates;
        var log = SplitLog.Of(train, catalogue);
        var testLog = SplitLog.Of(request.FoldIn is null ? [.. train, .. valid] : foldIn, catalogue);
        var split = request.Valid is null ? TimeSplit.Of(log, new() { HoldOutShare = 0, ValidationShare = 0.1 }) : TimeSplit.AllTraining(log);
        return new()
        {
            Catalogue = catalogue,
            Log = log,
            Split = split,
            Valid = request.Valid is null
                ? HeldOutPart.Validation(log, split, candidates, request.Training.ValidationUsers)
                : Part(request.FoldIn is null ? log : SplitLog.Of(validFoldIn, catalogue), valid, catalogue, candidates, request.Training.ValidationUsers),
            Test = Part(testLog, test, catalogue, ranked, int.MaxValue),
            FullLog = SplitLog.Of([.. train, .. valid, .. validFoldIn], catalogue),
            Candidates = candidates,
            Ranked = ranked,
            Mode = SplitLog.IsAhead(testLog, test) ? HistoryMode.Causal : HistoryMode.Rest,
        };
    }

    private static bool[] Flags(Catalogue catalogue, IEnumerable<string> ids, bool all)
    {
        var candidates = new bool[catalogue.Count];
        Array.Fill(candidates, all);
        foreach (var id in ids)
            candidates[catalogue.IndexOf(id)] = true;
        return candidates;
    }

    private static HeldOutPart Part(InteractionLog log, List<InteractionRow> rows, Catalogue catalogue, bool[] candidates, int mostUsers)
    {
        var targets = SplitLog.Targets(log, rows, catalogue);
        return HeldOutPart.Of(log, log.Offsets[1..], user => targets[user].ToArray(), candidates, mostUsers);
    }
}
