namespace Retraining.Supabase;

/// <summary>The database stopped a request that took too long. The same request again would, too; a smaller one may not.</summary>
internal sealed class StatementTimeoutException(string message) : Exception(message)
{
    /// <summary>PostgreSQL's code for it, which PostgREST hands on.</summary>
    public const string Code = "57014";
}
