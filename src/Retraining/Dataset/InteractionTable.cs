using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Reads <c>interactions.parquet</c> into the columns of an <see cref="InteractionLog"/>, a row group at a time.</summary>
internal sealed class InteractionTable(Catalogue catalogue, ProfileTable profiles, int events)
{
    private readonly Dictionary<string, int> _items = Index(catalogue.VideoIds);
    private readonly List<string> _users = new(profiles.UserIds.Length);
    private readonly List<long?> _createdAt = new(profiles.UserIds.Length);
    private readonly List<int> _offsets = new(profiles.UserIds.Length + 1);
    private readonly int[] _item = new int[events];
    private readonly long[] _time = new long[events];
    private readonly bool[] _positive = new bool[events];
    private readonly float[] _weight = new float[events];
    private int _count;
    private int _profile;
    private string? _user;

    /// <exception cref="InvalidDataException">A row names no video of the catalogue, or the rows are out of order.</exception>
    public static async Task<InteractionLog> ReadAsync(
        ParquetReader parquet, Catalogue catalogue, ProfileTable profiles, CancellationToken cancellationToken)
    {
        var table = new InteractionTable(catalogue, profiles, checked((int)parquet.Rows));
        for (var group = 0; group < parquet.RowGroups; group++)
        {
            table.Append(
                await parquet.ReadColumnAsync<string>(group, "user_id", cancellationToken),
                await parquet.ReadColumnAsync<string>(group, "item_id", cancellationToken),
                await parquet.ReadColumnAsync<int>(group, "label", cancellationToken),
                await parquet.ReadColumnAsync<float>(group, "weight", cancellationToken),
                await parquet.ReadColumnAsync<long>(group, "timestamp", cancellationToken));
        }

        return table.Complete();
    }

    private void Append(string[] users, string[] items, int[] labels, float[] weights, long[] times)
    {
        for (var i = 0; i < users.Length; i++)
        {
            if (!string.Equals(users[i], _user, StringComparison.Ordinal))
                Begin(users[i]);
            if (!_items.TryGetValue(items[i], out var item))
                throw Broken("item_id", items[i], "the id of a video");
            if (_count > _offsets[^1] && (_time[_count - 1], _item[_count - 1]).CompareTo((times[i], item)) >= 0)
                throw Broken("timestamp", $"{times[i]}", $"rows in order of time, {_time[_count - 1]} or later");
            (_item[_count], _time[_count], _positive[_count], _weight[_count]) = (item, times[i], labels[i] != 0, weights[i]);
            _count++;
        }
    }

    private void Begin(string user)
    {
        if (_user is not null && string.CompareOrdinal(_user, user) >= 0)
            throw Broken("user_id", user, $"users in ascending order, after {_user}");
        AddProfilesBefore(user);
        var hasProfile = _profile < profiles.UserIds.Length && string.Equals(profiles.UserIds[_profile], user, StringComparison.Ordinal);
        AddUser(user, hasProfile ? profiles.CreatedAt[_profile++] : null);
        _user = user;
    }

    private void AddProfilesBefore(string? user)
    {
        while (_profile < profiles.UserIds.Length && (user is null || string.CompareOrdinal(profiles.UserIds[_profile], user) < 0))
            AddUser(profiles.UserIds[_profile], profiles.CreatedAt[_profile++]);
    }

    private void AddUser(string user, long? createdAt)
    {
        _users.Add(user);
        _createdAt.Add(createdAt);
        _offsets.Add(_count);
    }

    private InteractionLog Complete()
    {
        AddProfilesBefore(null);
        _offsets.Add(_count);
        return new InteractionLog
        {
            UserIds = [.. _users],
            ProfileCreatedAt = [.. _createdAt],
            Offsets = [.. _offsets],
            Item = _item,
            Time = _time,
            Positive = _positive,
            Weight = _weight,
        };
    }

    private static Dictionary<string, int> Index(string[] ids)
    {
        var index = new Dictionary<string, int>(ids.Length, StringComparer.Ordinal);
        for (var i = 0; i < ids.Length; i++)
            index.Add(ids[i], i);
        return index;
    }

    private InvalidDataException Broken(string field, string found, string expected) =>
        new($"row {_count + 1}, field {field}: {found}, expected {expected}");
}
