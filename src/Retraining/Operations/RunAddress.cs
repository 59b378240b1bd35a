namespace Retraining.Operations;

/// <summary>Where a run's page is.</summary>
internal static class RunAddress
{
    /// <param name="publicUrl">See <see cref="HostingSettings.PublicUrl"/>.</param>
    public static string Of(string publicUrl, string runId) => $"{publicUrl.TrimEnd('/')}/runs/{runId}";
}
