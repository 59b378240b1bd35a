namespace Retraining.Source;

/// <summary>One spelling per id, whatever the source.</summary>
public static class RowIds
{
    /// <summary>A UUID in lower case with hyphens; any other id as it is.</summary>
    public static string Normalise(string id)
    {
        if (id.Length != 36 || !id.AsSpan().ContainsAnyInRange('A', 'F') || !Guid.TryParseExact(id, "D", out var uuid))
            return id;
        return uuid.ToString("D");
    }
}
