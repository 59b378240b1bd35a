using System.Diagnostics;
using System.Runtime.Versioning;
using Npgsql;
using Retraining.Postgres;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Documentation;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Infrastructure;

/// <summary>
/// <c>infra/grant-database</c> on a real server, as an administrator who is no superuser. What Azure adds is made up: the function that
/// makes a role for an identity, with its creator's rights as there, so that the administrator gets no rights over the role; and sign-in.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class GrantDatabaseTests : IAsyncLifetime
{
    private const string Password = "not-a-secret";
    private const string Function = "pgaadauth_create_principal_with_oid";

    private readonly string _mark = Guid.NewGuid().ToString("N")[..12];
    private readonly string _folder = Directory.CreateTempSubdirectory("retrain-grant-").FullName;

    private string Administrator => $"admin@{_mark}.example";

    private string Identity => $"id-{_mark}";

    private string Database => $"service-{_mark}";

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is not null)
            return;
        await ExecuteAsync(Superuser(), $"""
            create role "{Administrator}" login createdb createrole password '{Password}';
            create or replace function public.{Function}(name text, object text, kind text, admin bool, mfa bool) returns text
            language plpgsql security definer as $$ begin execute format('create role %I login', name); return kind || object; end $$;
            """);
    }

    public async Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        if (LocalServer.Postgres.Reason is not null)
            return;
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(Superuser(), $"""drop database if exists "{Database}" with (force)""");
        await ExecuteAsync(Superuser(), $"""
            drop role if exists "{Identity}";
            drop role if exists "{Administrator}";
            drop function public.{Function}(text, text, text, bool, bool);
            """);
    }

    [PostgresFact]
    public async Task Script_ByAnAdministrator_LetsTheIdentityServeAndReadButNotWriteTheServicesTables()
    {
        // The first run makes the database and stops where Azure would let its administrator create the extension.
        Assert.Contains("extension \"vector\"", await RunScriptAsync(), StringComparison.Ordinal);
        await ExecuteAsync(Change(Superuser(), server => server.Database = Database), "create extension vector");
        Assert.Equal("", await RunScriptAsync());
        await ExecuteAsync(Superuser(), $"""alter role "{Identity}" password '{Password}'""");
        var ids = string.Join(",", Enumerable.Range(0, Generations.Videos).Select(i => $"'{Generations.VideoId(i)}'::uuid"));
        await ExecuteAsync(As(Administrator), $"""
            create table profiles (user_id uuid primary key);
            create table videos (id uuid primary key, title text, is_active boolean default true);
            create table video_tags (video_id uuid, tag_name text);
            create table video_performers (video_id uuid, performer_name text);
            create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);
            insert into videos select id, 'Title' from unnest(array[{ids}]) id;
            """);

        await using var pool = NpgsqlDataSource.Create(As(Identity));
        var time = new FakeTime(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using var index = new PgVectorIndex(pool, new ServingSettings(), time);
        foreach (var version in new[] { Generations.First, Generations.Second })
        {
            await Generations.LoadBothAsync(index, version);
            await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
        }

        // Provisioning again, now with tables of the identity beside the administrator's.
        Assert.Equal("", await RunScriptAsync());
        await using var recommended = pool.CreateCommand($"select count(*) from recommend_videos('{Generations.Ann}', 5)");
        Assert.Equal(5L, await recommended.ExecuteScalarAsync());
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(As(Identity), "delete from videos"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    /// <returns>What it complains about.</returns>
    private async Task<string> RunScriptAsync()
    {
        var az = Path.Combine(_folder, "az");
        await File.WriteAllTextAsync(az, $"#!/bin/sh\necho {Password}\n");
        File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var server = new NpgsqlConnectionStringBuilder(Superuser());
        using var process = Process.Start(new ProcessStartInfo("sh", [Path.Combine(RepositoryFolder.Path, "infra", "grant-database")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["PATH"] = string.Join(':', [_folder, .. Programs(), Environment.GetEnvironmentVariable("PATH")]),
                ["PGPORT"] = $"{server.Port}",
                ["PGSSLMODE"] = "prefer",
                ["RETRAINING_DATABASE_HOST"] = server.Host,
                ["RETRAINING_DATABASE_NAME"] = Database,
                ["RETRAINING_DATABASE_ADMINISTRATOR"] = Administrator,
                ["RETRAINING_IDENTITY_NAME"] = Identity,
                ["RETRAINING_IDENTITY_OBJECT_ID"] = Guid.NewGuid().ToString(),
            },
        })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(errors.Length == 0, process.ExitCode == 0);
        return errors;
    }

    /// <summary>Where Debian keeps psql beside the server.</summary>
    private static string[] Programs() => Directory.Exists("/usr/lib/postgresql")
        ? [.. Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))]
        : [];

    private static string Superuser() =>
        Change(PostgresDsn.ToConnectionString(LocalServer.Postgres.Address), server => server.Database = "postgres");

    private string As(string user) => Change(
        Superuser(), server => (server.Username, server.Password, server.Database, server.Pooling) = (user, Password, Database, false));

    private static string Change(string connectionString, Action<NpgsqlConnectionStringBuilder> change)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        change(server);
        return server.ConnectionString;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
