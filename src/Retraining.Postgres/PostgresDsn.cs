using Npgsql;

namespace Retraining.Postgres;

/// <summary>Reads a DSN the way libpq does (<c>postgresql://user:password@host:port/database?sslmode=require</c>), or Npgsql's own form.</summary>
public static class PostgresDsn
{
    private const string ReadBuffer = "Read Buffer Size";

    /// <summary>
    /// Tables are read whole; with Npgsql's own 8 KiB there is a call to the system, and a task that waits for it, every hundred rows.
    /// </summary>
    private const int ReadBytes = 1 << 16;

    /// <returns>A connection string for Npgsql.</returns>
    /// <exception cref="FormatException">It is neither; the message does not repeat it, because of the password.</exception>
    public static string ToConnectionString(string dsn)
    {
        try
        {
            var builder = IsUri(dsn) ? FromUri(new Uri(dsn)) : new NpgsqlConnectionStringBuilder(dsn);
            if (!builder.ContainsKey(ReadBuffer))
                builder.ReadBufferSize = ReadBytes;
            return builder.ConnectionString;
        }
        catch (Exception error) when (error is ArgumentException or UriFormatException)
        {
            throw new FormatException("the PostgreSQL DSN cannot be read, expected postgresql://user:password@host:port/database");
        }
    }

    private static bool IsUri(string dsn) =>
        dsn.StartsWith("postgresql://", StringComparison.Ordinal) || dsn.StartsWith("postgres://", StringComparison.Ordinal);

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432 };
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Length > 1)
            builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);

        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (pair, "");
            builder[NameOf(name)] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }

    private static string NameOf(string libpqName) => libpqName switch
    {
        "sslmode" => "SSL Mode",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        "sslrootcert" => "Root Certificate",
        "options" => "Options",
        _ => libpqName,
    };
}
