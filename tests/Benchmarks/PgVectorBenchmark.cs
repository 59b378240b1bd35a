using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Postgres;
using Retraining.Postgres.Serving;
using Retraining.Serving;

namespace Benchmarks;

/// <summary>
/// Embeddings into PostgreSQL: rows as PostgREST upserts them (JSON, 500 a statement), binary COPY of values encoded beforehand into a fresh
/// table with a primary key, and a generation up to its primary key and statistics; then the generation with its HNSW index, and the switch.
/// </summary>
internal sealed class PgVectorBenchmark(NpgsqlDataSource database, int rows, int dim, string column)
{
    private const int RestBatch = 500;
    private static readonly DateTimeOffset Began = TimeProvider.System.GetUtcNow();

    private readonly string[] _ids = [.. Enumerable.Range(0, rows).Select(_ => Guid.NewGuid().ToString())];
    private readonly float[] _values = UnitVectors(rows, dim);

    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var dsn = Environment.GetEnvironmentVariable("DATABASE_URL") ?? throw new ArgumentException("DATABASE_URL is not set, expected a database that may be filled");
        await using var database = NpgsqlDataSource.Create(PostgresDsn.ToConnectionString(dsn));
        await DatabaseMigrations.ApplyAsync(database, CancellationToken.None);
        var benchmark = new PgVectorBenchmark(database, arguments.Number("rows", 100_000), arguments.Number("dim", 128), arguments.Text("column", "halfvec"));
        await benchmark.MeasureAsync(arguments.Number("rounds", 3));
    }

    private async Task MeasureAsync(int rounds)
    {
        List<double> rest = [], again = [], copy = [], ours = [];
        for (var round = 0; round < rounds; round++)
        {
            await ExecuteAsync($"drop table if exists bench_rest; create table bench_rest (user_id text primary key, embedding {column}({dim}))");
            rest.Add(await RateAsync(RestAsync));
            again.Add(await RateAsync(RestAsync));
            copy.Add(await RateAsync(CopyAsync));
            ours.Add(await RateAsync(() => LoadAsync(EmbeddingKind.Users, Version(round), rows, indexed: false)));
            await ExecuteAsync("checkpoint");
        }

        Console.WriteLine($"{rows} rows of {column}({dim}), thousand rows a second, median of {rounds}");
        Console.WriteLine($"  JSON batches as REST upserts, new rows / rows that are there: {Median(rest):F1} / {Median(again):F1}");
        Console.WriteLine($"  binary COPY into a fresh table, primary key: {Median(copy):F1}");
        Console.WriteLine($"  generation, primary key and statistics: {Median(ours):F1}, {Median(ours) / Median(rest):F1} times REST, {Median(ours) / Median(copy):P0} of COPY");
        await MeasureSwitchAsync();
        await ExecuteAsync("drop table if exists bench_rest, bench_copy");
        await Index(indexed: true).DropRetiredAsync(dryRun: false, CancellationToken.None);
    }

    private async Task MeasureSwitchAsync()
    {
        var recall = 0.0;
        var indexed = await RateAsync(async () => recall = (await LoadAsync(EmbeddingKind.Users, Version(90), rows, indexed: true)).AnnRecall);
        await LoadAsync(EmbeddingKind.Videos, Version(90), Math.Min(rows, 1000), indexed: true);
        var began = Stopwatch.GetTimestamp();
        await Index(indexed: true).ActivateAsync(new() { Version = Version(90), By = "benchmark", ModelPath = "" }, CancellationToken.None);
        Console.WriteLine($"  generation with HNSW index and its recall measured ({recall:F3}): {indexed:F1}; the switch: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
    }

    private async Task<double> RateAsync(Func<Task> load)
    {
        var began = Stopwatch.GetTimestamp();
        await load();
        return rows / Stopwatch.GetElapsedTime(began).TotalSeconds / 1000;
    }

    // The statement that PostgREST makes of a bulk upsert.
    private async Task RestAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        for (var start = 0; start < rows; start += RestBatch)
        {
            await using var command = new NpgsqlCommand($"""
                with body as (select $1::json as data)
                insert into bench_rest (user_id, embedding)
                select r.user_id, r.embedding from body, json_to_recordset(body.data) as r(user_id text, embedding {column}({dim}))
                on conflict (user_id) do update set embedding = excluded.embedding
                """, connection) { Parameters = { new() { Value = Json(start, Math.Min(rows, start + RestBatch)), NpgsqlDbType = NpgsqlDbType.Json } } };
            await command.ExecuteNonQueryAsync();
        }
    }

    private string Json(int start, int end)
    {
        var json = new StringBuilder("[");
        for (var row = start; row < end; row++)
        {
            json.Append(row == start ? "" : ",").Append("{\"user_id\":\"").Append(_ids[row]).Append("\",\"embedding\":\"[");
            json.AppendJoin(',', _values[(row * dim)..((row + 1) * dim)]).Append("]\"}");
        }

        return json.Append(']').ToString();
    }

    private async Task CopyAsync()
    {
        var encoded = new byte[rows][];
        for (var row = 0; row < rows; row++)
        {
            encoded[row] = new byte[VectorColumn.BytesOf(column, dim)];
            VectorColumn.Write(_values.AsSpan(row * dim, dim), column, encoded[row], row);
        }

        await ExecuteAsync($"drop table if exists bench_copy; create table bench_copy (user_id text not null, embedding {column}({dim}) not null)");
        await using var connection = await database.OpenConnectionAsync();
        await using (var importer = await connection.BeginBinaryImportAsync("copy bench_copy (user_id, embedding) from stdin (format binary)"))
        {
            for (var row = 0; row < rows; row++)
            {
                await importer.StartRowAsync();
                await importer.WriteAsync(_ids[row], NpgsqlDbType.Text);
                await importer.WriteAsync(encoded[row], NpgsqlDbType.Bytea);
            }

            await importer.CompleteAsync();
        }

        await ExecuteAsync("alter table bench_copy add primary key (user_id)");
    }

    private Task<LoadedEmbeddings> LoadAsync(EmbeddingKind kind, string version, int count, bool indexed) => Index(indexed).LoadAsync(
        new EmbeddingLoad
        {
            Kind = kind,
            Version = version,
            Dim = dim,
            Rows = count,
            ContentHash = Guid.NewGuid().ToString("N"),
            ReadRows = _ => RowsAsync(count),
            PositiveDecisions = ["like"],
            Progress = new Progress<StageProgress>(),
        },
        CancellationToken.None);

    private PgVectorIndex Index(bool indexed) =>
        new(database, new ServingSettings { Mode = indexed ? "generations" : "in-place", ColumnType = column, MinAnnRecall = 0 }, TimeProvider.System);

    private async IAsyncEnumerable<EmbeddingRow> RowsAsync(int count)
    {
        await Task.CompletedTask;
        for (var row = 0; row < count; row++)
            yield return new EmbeddingRow(_ids[row], _values.AsMemory(row * dim, dim));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // Of this round of the program: what it left live before cannot be loaded again.
    private static string Version(int number) => Retraining.VersionName.From(Began.AddMinutes(number));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Embeddings spread over fewer dimensions than they have, as a model's do; an index over noise would find little.
    private static float[] UnitVectors(int rows, int dim)
    {
        const int Latent = 24;
        var (random, values) = (new Random(1), new float[rows * dim]);
        float[] directions = [.. Enumerable.Range(0, Latent * dim).Select(_ => (float)(random.NextDouble() - 0.5))];
        for (var row = 0; row < rows; row++)
        {
            var vector = values.AsSpan(row * dim, dim);
            for (var k = 0; k < Latent; k++)
                TensorPrimitives.MultiplyAdd(directions.AsSpan(k * dim, dim), (float)(random.NextDouble() - 0.5), vector, vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }

        return values;
    }
}
