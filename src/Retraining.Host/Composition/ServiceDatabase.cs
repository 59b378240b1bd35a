using Azure.Core;
using Azure.Identity;
using Npgsql;
using Retraining.Execution;
using Retraining.Postgres;

namespace Retraining.Host.Composition;

/// <summary>The connection pool to <c>DATABASE_URL</c>, opened when somebody first asks for it. Without a password, Azure's server is signed in to by identity.</summary>
public sealed class ServiceDatabase(HostSecrets secrets) : IAsyncDisposable
{
    private const string AzureHost = ".postgres.database.azure.com", AzureScope = "https://ossrdbms-aad.database.windows.net/.default";

    private const string AutoPrepare = "Max Auto Prepare";
    private const int PreparedStatements = 20;

    // A token holds for an hour or longer; one is fetched again well before.
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(30), TokenRetry = TimeSpan.FromSeconds(10);

    private readonly Lazy<NpgsqlDataSource> _pool = new(() => Build(new NpgsqlDataSourceBuilder(ConnectionString(secrets))));

    /// <exception cref="PermanentStageException"><c>DATABASE_URL</c> is missing or cannot be read.</exception>
    public NpgsqlDataSource Pool => _pool.Value;

    public async ValueTask DisposeAsync()
    {
        if (_pool.IsValueCreated)
            await _pool.Value.DisposeAsync();
    }

    /// <summary>Npgsql's form of <c>DATABASE_URL</c>.</summary>
    /// <exception cref="PermanentStageException"><c>DATABASE_URL</c> is missing or cannot be read.</exception>
    internal static string ConnectionString(HostSecrets secrets)
    {
        if (secrets.DatabaseUrl is not { } dsn)
            throw new PermanentStageException($"{HostSecrets.DatabaseUrlVariable} is not set, expected postgresql://user:password@host:port/database");

        try
        {
            return PostgresDsn.ToConnectionString(dsn);
        }
        catch (FormatException e)
        {
            throw new PermanentStageException($"{HostSecrets.DatabaseUrlVariable}: {e.Message}", e);
        }
    }

    /// <summary>Azure's server without a password: the machine's identity signs in with a token instead.</summary>
    internal static bool SignsInByIdentity(NpgsqlConnectionStringBuilder connection) =>
        string.IsNullOrEmpty(connection.Password) && connection.Host?.EndsWith(AzureHost, StringComparison.OrdinalIgnoreCase) == true;

    private static NpgsqlDataSource Build(NpgsqlDataSourceBuilder builder)
    {
        // What readers ask again and again is planned once in a connection. A DSN that says otherwise, for a pooler that cannot, is heard.
        if (!builder.ConnectionStringBuilder.ContainsKey(AutoPrepare))
            builder.ConnectionStringBuilder.MaxAutoPrepare = PreparedStatements;
        if (SignsInByIdentity(builder.ConnectionStringBuilder))
        {
            var credential = new DefaultAzureCredential();
            builder.UsePeriodicPasswordProvider(
                async (_, ct) => (await credential.GetTokenAsync(new TokenRequestContext([AzureScope]), ct)).Token, TokenLife, TokenRetry);
        }

        return builder.Build();
    }
}
