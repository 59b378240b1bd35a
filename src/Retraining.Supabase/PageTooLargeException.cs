namespace Retraining.Supabase;

/// <summary>An answer took the database too long, or is too long. The same request again would be; one for fewer rows may not.</summary>
internal sealed class PageTooLargeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>PostgreSQL's code for a statement that took too long, which PostgREST hands on.</summary>
    public const string Timeout = "57014";
}
