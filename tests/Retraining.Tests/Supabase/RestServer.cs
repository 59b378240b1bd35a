using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Retraining.Supabase;

namespace Retraining.Tests.Supabase;

/// <summary>
/// Speaks PostgREST's protocol over a real PostgreSQL, on the loopback: columns, filters with <c>or</c> and <c>and</c>, order, limit, offset and
/// <c>Range</c>, <c>Content-Range</c>, <c>Prefer: count=exact</c>, the cap on rows, its errors, and the limit on requests of the gateway before it.
/// </summary>
internal sealed class RestServer : IAsyncDisposable
{
    public const string Key = "service-role-key.for-tests-only";

    private readonly NpgsqlDataSource _database;
    private readonly WebApplication _application;
    private DateTimeOffset _second;
    private int _inSecond;

    private RestServer(NpgsqlDataSource database)
    {
        _database = database;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>PostgREST's db-max-rows.</summary>
    public int MaxRows { get; set; } = 1000;

    /// <summary>Requests beyond so many a second are refused with 429 and told when to come again; null allows all.</summary>
    public int? RequestsPerSecond { get; set; }

    /// <summary>Tells the seconds.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whom functions run as; on Supabase, the key names <c>service_role</c>.</summary>
    public string Role { get; set; } = "none";

    /// <summary>Looks at each request first; true when it has answered itself. Gets the number of the request, from 1.</summary>
    public Func<HttpContext, int, Task<bool>> Intercept { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Paths and queries in order of arrival.</summary>
    public List<string> Requests { get; } = [];

    public string Address => _application.Urls.Single();

    public static async Task<RestServer> StartAsync(NpgsqlDataSource database, TimeProvider? clock = null)
    {
        var server = new RestServer(database) { Clock = clock ?? TimeProvider.System };
        await server._application.StartAsync();
        return server;
    }

    public SupabaseProject Project(string key = Key) => new(Address, key);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    public static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { code, message, details = (string?)null, hint = (string?)null });
    }

    private async Task AnswerAsync(HttpContext context)
    {
        int number;
        bool isTooMany;
        lock (Requests)
        {
            Requests.Add(context.Request.Path + Uri.UnescapeDataString(context.Request.QueryString.Value ?? ""));
            number = Requests.Count;
            isTooMany = IsTooMany();
        }

        if (isTooMany)
        {
            context.Response.Headers.RetryAfter = "1";
            await FailAsync(context, 429, "over_request_rate_limit", "Request rate limit reached");
            return;
        }

        if (await Intercept(context, number))
            return;
        if (context.Request.Headers["apikey"] != Key || context.Request.Headers.Authorization != $"Bearer {Key}")
            await FailAsync(context, 401, "PGRST301", $"JWT expired: {context.Request.Headers["apikey"]}");
        else if (!context.Request.Path.StartsWithSegments("/rest/v1", out var rest))
            await FailAsync(context, 404, "PGRST125", "Invalid path specified in request URL");
        else if (rest.StartsWithSegments("/rpc", out var function))
            await CallAsync(context, function.Value!.Trim('/'));
        else
            await ReadAsync(context, rest.Value!.Trim('/'));
    }

    private bool IsTooMany()
    {
        var now = Clock.GetUtcNow();
        if (now - _second >= TimeSpan.FromSeconds(1))
            (_second, _inSecond) = (now, 0);
        return ++_inSecond > RequestsPerSecond;
    }

    private async Task CallAsync(HttpContext context, string name)
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        try
        {
            if (await new RestFunction(_database, name, Role).CallAsync(body, MaxRows, context.RequestAborted) is var (rows, count))
                await SendAsync(context, rows, 0, count, null);
            else
                await FailAsync(context, 404, "PGRST202", $"Could not find the function public.{name} in the schema cache");
        }
        catch (PostgresException error)
        {
            var status = error.SqlState == PostgresErrorCodes.InsufficientPrivilege ? 403 : 400;
            await FailAsync(context, status, error.SqlState, error.MessageText);
        }
    }

    private async Task ReadAsync(HttpContext context, string table)
    {
        try
        {
            var (offset, limit) = Window(context.Request);
            var sql = RestSql.Of(table, context.Request.Query);
            await using var command = _database.CreateCommand(
                $"select coalesce(json_agg(t), '[]')::text, count(*) from ({sql} offset {offset} limit {Math.Min(limit, MaxRows)}) t");
            await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
            await reader.ReadAsync(context.RequestAborted);
            await SendAsync(context, reader.GetString(0), offset, reader.GetInt64(1), await TotalAsync(context, sql));
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            await FailAsync(context, 404, "PGRST205", $"Could not find the table 'public.{table}' in the schema cache");
        }
        catch (PostgresException error)
        {
            await FailAsync(context, 400, error.SqlState, error.MessageText);
        }
    }

    private static async Task SendAsync(HttpContext context, string rows, long offset, long count, long? total)
    {
        if (total is { } all && offset > all)
        {
            await FailAsync(context, 416, "PGRST103", "Requested range not satisfiable");
            return;
        }

        var range = count == 0 ? "*" : string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + count - 1}");
        context.Response.StatusCode = total is not null && count < total ? 206 : 200;
        context.Response.Headers.ContentRange = $"{range}/{total?.ToString(CultureInfo.InvariantCulture) ?? "*"}";
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(rows);
    }

    private async Task<long?> TotalAsync(HttpContext context, string sql)
    {
        if (!context.Request.Headers["Prefer"].ToString().Contains("count=exact", StringComparison.Ordinal))
            return null;
        await using var command = _database.CreateCommand($"select count(*) from ({sql}) t");
        return (long)(await command.ExecuteScalarAsync(context.RequestAborted))!;
    }

    private static (long Offset, long Limit) Window(HttpRequest request)
    {
        var offset = long.Parse(request.Query["offset"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var limit = long.Parse(request.Query["limit"].FirstOrDefault() ?? "1000000000", CultureInfo.InvariantCulture);
        var range = request.Headers.Range.ToString().Split('-');
        if (range.Length == 2 && long.TryParse(range[0], CultureInfo.InvariantCulture, out var first))
        {
            offset += first;
            if (long.TryParse(range[1], CultureInfo.InvariantCulture, out var last))
                limit = Math.Min(limit, last - first + 1);
        }

        return (offset, limit);
    }
}
