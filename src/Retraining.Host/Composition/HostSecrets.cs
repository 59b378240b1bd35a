using System.Collections;
using Npgsql;
using Retraining.Azure;
using Retraining.Host.Keys;
using Retraining.Host.Notifications;
using Retraining.Operations;
using Retraining.Postgres;
using Retraining.Supabase;

namespace Retraining.Host.Composition;

/// <summary>What comes from the environment only, and is never recorded, logged or shown.</summary>
public sealed class HostSecrets
{
    public const string DatabaseUrlVariable = "DATABASE_URL";
    public const string PseudonymKeyVariable = "RETRAIN_PSEUDONYM_KEY";

    private static readonly string[] Variables =
    [
        DatabaseUrlVariable, WebhookChannel.Variable, EmailChannel.Variable, PseudonymKeyVariable, BlobAccount.ConnectionStringVariable,
        SupabaseProject.KeyVariable, AccessKeys.StartVariable, AccessKeys.ReadVariable,
    ];

    private readonly Dictionary<string, string> _values;

    private HostSecrets(Dictionary<string, string> values) => _values = values;

    public string? DatabaseUrl => this[DatabaseUrlVariable];
    public string? PseudonymKey => this[PseudonymKeyVariable];
    public string? AzureConnectionString => this[BlobAccount.ConnectionStringVariable];

    /// <summary>Not a secret, but of the same place.</summary>
    public string? AzureBlobUrl => this[BlobAccount.BlobUrlVariable];

    public string? SupabaseKey => this[SupabaseProject.KeyVariable];

    /// <summary>Not a secret, but of the same place.</summary>
    public string? SupabaseUrl => this[SupabaseProject.UrlVariable];

    public string? this[string variable] => _values.GetValueOrDefault(variable);

    /// <param name="variables">Names and values, as <see cref="Environment.GetEnvironmentVariables()"/> gives them. Empty ones count as not set.</param>
    /// <param name="databaseUrl">Takes the place of <c>DATABASE_URL</c> unless null.</param>
    public static HostSecrets From(IDictionary variables, string? databaseUrl = null)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Variables.Append(BlobAccount.BlobUrlVariable).Append(SupabaseProject.UrlVariable))
        {
            if (variables[name] is string { Length: > 0 } value)
                values[name] = value;
        }

        if (databaseUrl is not null)
            values[DatabaseUrlVariable] = databaseUrl;
        return new HostSecrets(values);
    }

    /// <summary>Takes these values out of any text, and the passwords within them.</summary>
    public SecretText Redaction() =>
        new([.. Variables.Select(name => this[name]).OfType<string>(), .. DatabasePassword(), .. MailPassword(), .. AzureKeys()]);

    private string[] DatabasePassword()
    {
        try
        {
            var password = DatabaseUrl is { } dsn ? new NpgsqlConnectionStringBuilder(PostgresDsn.ToConnectionString(dsn)).Password : null;
            return password is null ? [] : [password, Uri.EscapeDataString(password)];
        }
        catch (FormatException)
        {
            return []; // Whoever uses it says that it cannot be read.
        }
    }

    private string[] MailPassword()
    {
        var login = Uri.TryCreate(this[EmailChannel.Variable], UriKind.Absolute, out var server) ? server.UserInfo.Split(':', 2) : [];
        return login is [_, var password] ? [password, Uri.UnescapeDataString(password)] : [];
    }

    private IEnumerable<string> AzureKeys() =>
        from part in (AzureConnectionString ?? "").Split(';')
        let pair = part.Split('=', 2)
        where pair.Length == 2 && (pair[0].Trim() is "AccountKey" or "SharedAccessSignature")
        select pair[1].Trim();
}
