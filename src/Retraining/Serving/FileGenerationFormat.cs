using Retraining.Dataset;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Serving;

/// <summary>A generation on disk: <c>videos.parquet</c> (id, title, active, popularity, embedding) and <c>users.parquet</c> (id, embedding, decided).</summary>
internal static class FileGenerationFormat
{
    private const int RowsPerGroup = 50_000;

    private static readonly ParquetSchema VideoSchema = new(
        ParquetField.Required("video_id", ParquetType.String), ParquetField.Optional("title", ParquetType.String),
        ParquetField.Required("is_active", ParquetType.Bool), ParquetField.Required("popularity", ParquetType.Double),
        ParquetField.List("embedding", ParquetType.Float));

    private static readonly ParquetSchema UserSchema = new(
        ParquetField.Required("user_id", ParquetType.String), ParquetField.List("embedding", ParquetType.Float),
        ParquetField.List("decided", ParquetType.String));

    public static string FileOf(EmbeddingKind kind) => kind == EmbeddingKind.Videos ? "videos.parquet" : "users.parquet";

    /// <returns>Rows written.</returns>
    public static async Task<int> WriteAsync(Stream to, EmbeddingLoad load, CancellationToken cancellationToken)
    {
        var data = await load.ReadSnapshot!(cancellationToken);
        var popularity = load.Kind == EmbeddingKind.Videos ? FilePopularity.Count(data) : [];
        var schema = load.Kind == EmbeddingKind.Videos ? VideoSchema : UserSchema;
        var writer = await ParquetWriter.CreateAsync(to, schema, cancellationToken);
        var rows = new List<(string Id, float[] Embedding)>();
        var written = 0;
        await foreach (var row in load.ReadRows(cancellationToken).WithCancellation(cancellationToken))
        {
            if (row.Embedding.Length != load.Dim)
                throw new PermanentStageException($"{load.Kind} of version {load.Version}, {row.Id}: {row.Embedding.Length} components, expected {load.Dim}");
            rows.Add((row.Id, row.Embedding.ToArray()));
            if (rows.Count == RowsPerGroup)
                await FlushAsync();
        }

        if (rows.Count > 0 || written == 0)
            await FlushAsync();
        await writer.CompleteAsync(cancellationToken);
        return written;

        async Task FlushAsync()
        {
            var columns = load.Kind == EmbeddingKind.Videos ? VideoColumns(rows, data.Catalogue, popularity) : UserColumns(rows, data);
            await writer.WriteRowGroupAsync(columns, cancellationToken);
            written += rows.Count;
            rows.Clear();
        }
    }

    public static async Task<FileGeneration> ReadAsync(string folder, string version, CancellationToken cancellationToken)
    {
        await using var videoStream = File.OpenRead(Path.Combine(folder, FileOf(EmbeddingKind.Videos)));
        var videos = await ParquetReader.OpenAsync(videoStream, cancellationToken);
        var ids = await videos.ReadColumnAsync<string>("video_id", cancellationToken);
        var embeddings = new List<float[]>();
        for (var group = 0; group < videos.RowGroups; group++)
            embeddings.Add((await videos.ReadListAsync<float>(group, "embedding", cancellationToken)).Values);

        float[] all = [.. embeddings.SelectMany(values => values)];
        return new FileGeneration
        {
            Version = version,
            Dim = ids.Length == 0 ? 0 : all.Length / ids.Length,
            VideoIds = ids,
            Titles = await videos.ReadColumnAsync<string?>("title", cancellationToken),
            IsActive = await videos.ReadColumnAsync<bool>("is_active", cancellationToken),
            Popularity = await videos.ReadColumnAsync<double>("popularity", cancellationToken),
            Videos = all,
            Users = await ReadUsersAsync(folder, ids, cancellationToken),
        };
    }

    /// <summary>Writes the users of a generation anew, after one of them changed.</summary>
    public static async Task RewriteUsersAsync(string folder, FileGeneration generation, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, FileOf(EmbeddingKind.Users));
        await using (var file = File.Create(target + ".writing"))
        {
            var writer = await ParquetWriter.CreateAsync(file, UserSchema, cancellationToken);
            foreach (var users in generation.Users.OrderBy(user => user.Key, StringComparer.Ordinal).Chunk(RowsPerGroup))
            {
                await writer.WriteRowGroupAsync(
                [
                    users.Select(user => user.Key).ToArray(),
                    new ListColumn<float>([.. users.Select(user => user.Value.Embedding ?? [])]),
                    new ListColumn<string>([.. users.Select(user => user.Value.Decided.Select(row => generation.VideoIds[row]).ToArray())]),
                ], cancellationToken);
            }

            await writer.CompleteAsync(cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(target + ".writing", target, overwrite: true);
    }

    private static async Task<Dictionary<string, FileUser>> ReadUsersAsync(string folder, string[] videoIds, CancellationToken cancellationToken)
    {
        var rowOf = videoIds.Select((id, row) => (id, row)).ToDictionary(pair => pair.id, pair => pair.row, StringComparer.Ordinal);
        await using var stream = File.OpenRead(Path.Combine(folder, FileOf(EmbeddingKind.Users)));
        var file = await ParquetReader.OpenAsync(stream, cancellationToken);
        var users = new Dictionary<string, FileUser>(StringComparer.Ordinal);
        for (var group = 0; group < file.RowGroups; group++)
        {
            var ids = await file.ReadColumnAsync<string>(group, "user_id", cancellationToken);
            var embeddings = await file.ReadListAsync<float>(group, "embedding", cancellationToken);
            var decided = await file.ReadListAsync<string>(group, "decided", cancellationToken);
            for (var row = 0; row < ids.Length; row++)
            {
                int[] rows = [.. decided[row].ToArray().Where(rowOf.ContainsKey).Select(id => rowOf[id])];
                users[ids[row]] = new FileUser(embeddings[row].IsEmpty ? null : embeddings[row].ToArray(), rows);
            }
        }

        return users;
    }

    private static object[] VideoColumns(List<(string Id, float[] Embedding)> rows, Catalogue catalogue, double[] popularity)
    {
        int[] items = [.. rows.Select(row => catalogue.IndexOf(row.Id))];
        return
        [
            rows.Select(row => row.Id).ToArray(),
            items.Select(item => item < 0 ? null : catalogue.Videos[item].Title).ToArray(),
            items.Select(item => item >= 0 && catalogue.Videos[item].IsActive).ToArray(),
            items.Select(item => item < 0 ? 0 : popularity[item]).ToArray(),
            new ListColumn<float>([.. rows.Select(row => row.Embedding)]),
        ];
    }

    private static object[] UserColumns(List<(string Id, float[] Embedding)> rows, SnapshotData data) =>
    [
        rows.Select(row => row.Id).ToArray(),
        new ListColumn<float>([.. rows.Select(row => row.Embedding)]),
        new ListColumn<string>([.. rows.Select(row => DecidedBy(row.Id, data))]),
    ];

    private static string[] DecidedBy(string userId, SnapshotData data)
    {
        var user = data.Log.IndexOf(userId);
        return user < 0
            ? []
            : [.. data.Log.Item[data.Log.Offsets[user]..data.Log.Offsets[user + 1]].Distinct().Order().Select(item => data.Catalogue.VideoIds[item])];
    }
}
