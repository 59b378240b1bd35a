namespace Retraining.Source;

/// <summary>Turns the CSV files of MovieLens (<c>ml-latest-small</c> and its kin) into the three JSON files of a files source.</summary>
public static class MovieLensImport
{
    /// <param name="from">Folder with <c>movies.csv</c>, <c>ratings.csv</c> and, where present, <c>tags.csv</c>, <c>links.csv</c>.</param>
    /// <param name="to">Folder that gets <c>profiles.json</c>, <c>videos.json</c>, <c>user_video_decisions.json</c>.</param>
    /// <param name="cancellationToken">Stops the import; the files of <paramref name="to"/> are replaced only at the end.</param>
    public static Task<RowCounts> RunAsync(string from, string to, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
