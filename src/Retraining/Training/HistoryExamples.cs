using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using TwoTower.Model;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>
/// Examples from the training part of the log: drawn users, some of their likes as targets, and the user's features as they were strictly
/// before the earliest of them. Every draw is a pure function of (seed, epoch, step). Thread-safe.
/// </summary>
public sealed class HistoryExamples : IExampleSource
{
    private const int Stream = 0x4849; // keeps these draws apart from the trainer's own
    private const int MostNamed = 3;
    private const uint LateCounter = 999;
    private const uint ShareCounter = 1000;
    private const uint KeepCounter = 1001;
    private readonly HistoryVectorizer _vectorizer;
    private readonly InteractionLog _log;
    private readonly TimeSplit _split;
    private readonly HistoryExamplesOptions _options;
    private readonly DrawableUsers _users;
    private readonly KnownItems _known;
    private readonly TargetDraw _targets;
    private readonly long _trainingEnd;
    private readonly ExampleWeights _weights;
    private readonly float[] _targetProbability;
    private readonly ConcurrentBag<Scratch> _scratch = [];

    /// <param name="items">Items in the catalogue.</param>
    /// <param name="cancellationToken">Checked for every user.</param>
    /// <exception cref="PermanentStageException">No user has enough likes to learn from.</exception>
    public HistoryExamples(
        HistoryVectorizer vectorizer, InteractionLog log, TimeSplit split, int items, HistoryExamplesOptions options,
        CancellationToken cancellationToken)
    {
        _vectorizer = vectorizer;
        _log = log;
        _split = split;
        _options = options;
        _trainingEnd = split.TrainingEnd();
        _targets = new TargetDraw(options);
        _weights = new ExampleWeights(log, split, options.RecencyHalfLifeDays);
        _users = new DrawableUsers(log, split, _targets.MinLikes, options.ActivityPower, cancellationToken);
        if (_users.Count == 0)
            throw new PermanentStageException($"training part: 0 users with {_targets.MinLikes} likes or more, expected at least 1");

        _known = new KnownItems(log, split, cancellationToken);
        _targetProbability = Probabilities(items);
        var perStep = (long)options.BatchUsers * options.TargetsPerUser;
        StepsPerEpoch = options.StepsPerEpoch > 0 ? options.StepsPerEpoch : (int)Math.Max(1, (_users.Likes + perStep - 1) / perStep);
    }

    public int UserColumns => _vectorizer.Columns;

    public int StepsPerEpoch { get; }

    public ReadOnlySpan<float> TargetProbability => _targetProbability;

    public int Parts => 8;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        batch.Clear();
        for (var part = 0; part < Parts; part++)
            Append(epoch, step, part, batch);
    }

    public void Append(int epoch, int step, int part, TrainingBatch batch)
    {
        var scratch = _scratch.TryTake(out var free) ? free : new Scratch();
        var draw = DrawOf(epoch, step);
        for (var row = _options.BatchUsers * part / Parts; row < _options.BatchUsers * (part + 1) / Parts; row++)
        {
            var key = CounterRandom.Key((int)draw, Stream + 1, (long)(draw >> 32 << 32) | (uint)row);
            AddUser(PositionOf(draw, row), key, batch, scratch);
        }

        _scratch.Add(scratch);
    }

    public string Describe(int epoch, int step)
    {
        var named = Enumerable.Range(0, Math.Min(MostNamed, _options.BatchUsers))
            .Select(row => _log.UserIds[_users.User(PositionOf(DrawOf(epoch, step), row))]);
        var rest = _options.BatchUsers - MostNamed;
        return $"the users {string.Join(", ", named)}{(rest > 0 ? $" and {rest} more" : "")}";
    }

    private ulong DrawOf(int epoch, int step) => CounterRandom.Key(_options.Seed, Stream, ((long)epoch << 32) | (uint)step);

    private int PositionOf(ulong draw, int row) => _users.Draw(draw, (uint)row * 2);

    private void AddUser(int position, ulong key, TrainingBatch batch, Scratch scratch)
    {
        var user = _users.User(position);
        var likes = _users.LikesOf(position);
        _targets.Draw(key, likes.Length, scratch.Picked);
        foreach (var picked in scratch.Picked)
        {
            batch.UserRow.Add(batch.Users.Rows);
            batch.Item.Add(_log.Item[likes[picked]]);
            batch.Weight.Add(_weights.Of(likes[picked]));
        }

        WriteRow(user, likes, key, batch.Users, scratch);
        batch.KnownItems.AddRange(_known.Liked(user));
        batch.KnownOffsets.Add(batch.KnownItems.Count);
        batch.DislikedItems.AddRange(_known.Disliked(user));
        batch.DislikedOffsets.Add(batch.DislikedItems.Count);
    }

    private void WriteRow(int user, ReadOnlySpan<int> likes, ulong key, SparseRows rows, Scratch scratch)
    {
        scratch.History.Clear();
        long asOf;
        if (_options.Mode == HistoryMode.Causal)
        {
            asOf = _log.Time[likes[scratch.Picked[0]]];
            var end = _vectorizer.EndBefore(user, asOf);
            for (var e = _log.Offsets[user]; e < end; e++)
                scratch.History.Add(e);
            if (_options.LateShare > 0 && CounterRandom.Draw(key, LateCounter) < CounterRandom.Threshold(_options.LateShare))
                asOf = _trainingEnd;
        }
        else
        {
            asOf = _log.Time[_split.ValidationStart[user] - 1];
            for (var e = _log.Offsets[user]; e < _split.ValidationStart[user]; e++)
            {
                if (!IsTarget(_log.Item[e], likes, scratch.Picked))
                    scratch.History.Add(e);
            }
        }

        Thin(key, scratch);
        _vectorizer.Write(user, CollectionsMarshal.AsSpan(scratch.History), CollectionsMarshal.AsSpan(scratch.Kept), asOf, rows);
    }

    private bool IsTarget(int item, ReadOnlySpan<int> likes, List<int> picked)
    {
        foreach (var position in picked)
        {
            if (_log.Item[likes[position]] == item)
                return true;
        }

        return false;
    }

    private void Thin(ulong key, Scratch scratch)
    {
        var share = _options.KeepHistory + ((1 - _options.KeepHistory) * (CounterRandom.Draw(key, ShareCounter) / 4294967296.0));
        if (_options.MaxHistory > 0 && scratch.History.Count > 0)
            share = Math.Min(share, (double)_options.MaxHistory / scratch.History.Count);

        scratch.Kept.Clear();
        var threshold = CounterRandom.Threshold(share);
        for (var k = 0; k < scratch.History.Count; k++)
        {
            if (share >= 1 || CounterRandom.Draw(key, KeepCounter + (uint)k) < threshold)
                scratch.Kept.Add(scratch.History[k]);
        }

        if (scratch.Kept.Count == 0 && scratch.History.Count > 0)
            scratch.Kept.Add(scratch.History[^1]);
    }

    private float[] Probabilities(int items)
    {
        var expected = new double[items];
        var byLikes = new Dictionary<int, double[]>();
        for (var position = 0; position < _users.Count; position++)
        {
            var likes = _users.LikesOf(position);
            if (!byLikes.TryGetValue(likes.Length, out var share))
                byLikes[likes.Length] = share = _targets.Expected(likes.Length);
            for (var k = 0; k < likes.Length; k++)
                expected[_log.Item[likes[k]]] += _users.Probability(position) * share[k];
        }

        var total = expected.Sum();
        return [.. expected.Select(value => (float)(value / total))];
    }

    private sealed class Scratch
    {
        public List<int> Picked { get; } = [];
        public List<int> History { get; } = [];
        public List<int> Kept { get; } = [];
    }
}
