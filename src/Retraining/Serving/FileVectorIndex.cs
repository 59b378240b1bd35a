using Retraining.Execution;
using Retraining.Features;
using Retraining.Source;

namespace Retraining.Serving;

/// <summary>
/// Generations in a folder, searched exactly in memory: for machines without PostgreSQL. One process writes at a time; what is live is what
/// <c>ledger.json</c> says.
/// </summary>
public sealed class FileVectorIndex(ServingSettings settings, TimeProvider time) : IVectorIndex
{
    private static readonly SemaphoreSlim LedgerGate = new(1, 1);
    private readonly string _folder = Path.GetFullPath(settings.Folder);
    private FileGeneration? _live;

    public string Location => _folder;

    public async Task<LoadedEmbeddings> LoadAsync(EmbeddingLoad load, CancellationToken cancellationToken)
    {
        var folder = FolderOf(load.Version);
        var kind = load.Kind == EmbeddingKind.Videos ? "videos" : "users";
        var loads = (await FileLedger.ReadAsync(_folder, cancellationToken)).Loads;
        if (loads.FirstOrDefault(l => l.Version == load.Version && l.Kind == load.Kind && l.ContentHash == load.ContentHash) is { } already)
            return new LoadedEmbeddings { Kind = kind, Version = load.Version, Rows = already.Rows, AnnRecall = 1 };

        if (load.ReadSnapshot is null)
        {
            throw new PermanentStageException(
                $"version {load.Version}: its {kind} are not in {_folder}, and a file index needs the run's snapshot to load them, which is not published; "
                + "expected a version that is still loaded (serving.keep_generations), or a new run");
        }

        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, FileGenerationFormat.FileOf(load.Kind));
        int rows;
        await using (var file = File.Create(target + ".writing"))
        {
            rows = await FileGenerationFormat.WriteAsync(file, load, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        if (rows != load.Rows || rows == 0)
            throw new PermanentStageException($"{kind} of version {load.Version}: {rows} rows read, expected {Math.Max(1, load.Rows)}");
        await ChangeAsync(ledger =>
        {
            if (ledger.Live?.Version == load.Version)
                throw new PermanentStageException($"version {load.Version} is live, its {kind} cannot be loaded again");
            File.Move(target + ".writing", target, overwrite: true);
            var others = ledger.Loads.Where(l => l.Version != load.Version || l.Kind != load.Kind);
            return ledger with { Loads = [.. others, new FileLoad(load.Version, load.Kind, rows, load.Dim, load.ContentHash, load.PseudonymisedUsers)] };
        }, cancellationToken);
        return new LoadedEmbeddings { Kind = kind, Version = load.Version, Rows = rows, AnnRecall = 1 };
    }

    public async Task<Activation> ActivateAsync(VersionChange change, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ledger = await ChangeAsync(before => before.Live?.Version == change.Version ? before : FileSwitch.Apply(before, change, now), cancellationToken);
        var line = ledger.Activations.Last(activation => activation.Version == change.Version);
        await DropRetiredAsync(dryRun: false, cancellationToken);
        return line.ToActivation();
    }

    public async Task<IReadOnlyList<string>> DropRetiredAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var (after, dropped) = FileSwitch.DropRetired(await FileLedger.ReadAsync(_folder, cancellationToken), settings.KeepGenerations);
        if (dropped.Count == 0 || dryRun)
            return dropped;
        await ChangeAsync(ledger => ledger with { Loads = after.Loads }, cancellationToken);
        foreach (var version in dropped.Where(version => Directory.Exists(FolderOf(version))))
            Directory.Delete(FolderOf(version), recursive: true);
        return dropped;
    }

    public async Task<Activation?> FindLiveAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var ledger = await FileLedger.ReadAsync(_folder, cancellationToken);
        return ledger.Activations.LastOrDefault(activation => activation.At <= at)?.ToActivation();
    }

    public async Task<IReadOnlyList<IndexedEmbeddings>> InspectAsync(
        string version, IEnumerable<string> videoIds, CancellationToken cancellationToken)
    {
        var loads = (await FileLedger.ReadAsync(_folder, cancellationToken)).Loads.Where(load => load.Version == version).ToList();
        if (loads.Count == 0)
            return [];
        var generation = await FileGenerationFormat.ReadAsync(FolderOf(version), version, cancellationToken);
        var asked = videoIds.ToHashSet(StringComparer.Ordinal);
        var wanted = generation.VideoIds.Select((id, row) => (id, row)).Where(video => asked.Contains(video.id));
        return
        [
            new()
            {
                Kind = EmbeddingKind.Videos,
                Rows = generation.VideoIds.Length,
                Dim = generation.Dim,
                AnnRecall = 1,
                Embeddings = wanted.ToDictionary(video => video.id, video => generation.Videos.AsSpan(video.row * generation.Dim, generation.Dim).ToArray()),
            },
            new()
            {
                Kind = EmbeddingKind.Users,
                Rows = generation.Users.Count(user => user.Value.Embedding is not null),
                Dim = loads.First(load => load.Kind == EmbeddingKind.Users).Dim,
                AnnRecall = 1,
            },
        ];
    }

    public async Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(CancellationToken cancellationToken)
    {
        var ledger = await FileLedger.ReadAsync(_folder, cancellationToken);
        return [.. ledger.Versions
            .Select(version => version with { IsLoaded = ledger.Loads.Count(load => load.Version == version.Version) == 2 })
            .OrderByDescending(version => version.Version, StringComparer.Ordinal)];
    }

    public async Task<RecommendationList> RecommendAsync(string userId, string? pseudonym, int count, CancellationToken cancellationToken)
    {
        if (count is < 1 or > 1000)
            throw new PermanentStageException($"k = {count}: expected 1 to 1000");
        var live = await ReadLiveAsync(cancellationToken);
        return live?.Recommend(userId, pseudonym, count) ?? new RecommendationList { UserId = userId, Personal = false, Items = [] };
    }

    public async Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken)
    {
        var live = await ReadLiveAsync(cancellationToken);
        return live is null
            ? []
            : [.. live.Users.Where(user => user.Value.Embedding is not null).Select(user => user.Key).Order(StringComparer.Ordinal).Take(count)];
    }

    public async Task<ServedVersion?> FindServedAsync(CancellationToken cancellationToken) =>
        (await FileLedger.ReadAsync(_folder, cancellationToken)).Served;

    public async Task<(ServedVersion? Served, UserPayload? Payload)> ReadUserAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken) =>
        (await FindServedAsync(cancellationToken), null);

    public async Task<string?> StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken)
    {
        var served = await FindServedAsync(cancellationToken);
        if (served?.Version != version)
            return served?.Version;
        if (served.PseudonymisedUsers && !UserPseudonyms.IsOne(user.Id))
            throw new PermanentStageException($"version {version} keeps its users under pseudonyms, and this user's id is none, expected 64 hexadecimal digits");
        var live = (await ReadLiveAsync(cancellationToken))!;
        if (user.Embedding.Length != live.Dim)
            throw new PermanentStageException($"user {user.Id}: an embedding of {user.Embedding.Length}, expected {live.Dim} as version {version} has");
        var decided = live.Users.TryGetValue(user.Id, out var known) ? known.Decided : [];
        live.Users[user.Id] = new FileUser(user.Embedding.ToArray(), decided);
        await FileGenerationFormat.RewriteUsersAsync(FolderOf(version), live, cancellationToken);
        return version;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<FileGeneration?> ReadLiveAsync(CancellationToken cancellationToken)
    {
        var version = (await FileLedger.ReadAsync(_folder, cancellationToken)).Live?.Version;
        if (version is null)
            return null;
        if (_live?.Version != version)
            _live = await FileGenerationFormat.ReadAsync(FolderOf(version), version, cancellationToken);
        return _live;
    }

    private async Task<FileLedger> ChangeAsync(Func<FileLedger, FileLedger> change, CancellationToken cancellationToken)
    {
        await LedgerGate.WaitAsync(cancellationToken);
        try
        {
            var before = await FileLedger.ReadAsync(_folder, cancellationToken);
            var after = change(before);
            if (!ReferenceEquals(after, before))
                await after.WriteAsync(_folder, cancellationToken);
            return after;
        }
        finally
        {
            LedgerGate.Release();
        }
    }

    private string FolderOf(string version) => VersionName.IsValid(version)
        ? Path.Combine(_folder, version)
        : throw new PermanentStageException($"version '{version}': not a version name, expected yyyyMMdd_HHmmss");
}
