namespace Retraining.Source;

/// <summary>Makes up a service's data with latent structure and writes it as the three JSON files of a files source.</summary>
public static class SampleGenerator
{
    public static Task<RowCounts> WriteAsync(string folder, SampleSettings settings, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
