using System.Globalization;
using System.Text.RegularExpressions;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Turns the CSV files of MovieLens (<c>ml-latest-small</c> and its kin) into the three JSON files of a files source.</summary>
/// <remarks>
/// A rating of 4 or more is a like, one of 2.5 or less a nope, those between say nothing. A user's profile begins with the first rating.
/// Tags are the genres and what at least <see cref="TagUsers"/> users wrote.
/// </remarks>
public static partial class MovieLensImport
{
    private const double Like = 4;
    private const double Nope = 2.5;

    /// <summary>Users who must have given a tag anywhere before it counts; rarer ones are spelling and jokes.</summary>
    private const int TagUsers = 3;

    /// <param name="from">Folder with <c>movies.csv</c>, <c>ratings.csv</c> and, where present, <c>tags.csv</c> and <c>links.csv</c>.</param>
    /// <param name="to">Folder that gets <c>profiles.json</c>, <c>videos_subset.json</c>, <c>user_video_decisions.json</c>.</param>
    /// <param name="cancellationToken">Stops the import; the files of <paramref name="to"/> are replaced only at the end.</param>
    /// <exception cref="PermanentStageException">A file is missing, or a row is not what it should be.</exception>
    public static async Task<RowCounts> RunAsync(string from, string to, CancellationToken cancellationToken)
    {
        var tables = new JsonTables(to);
        var counts = new RowCounts(
            await tables.WriteAsync(JsonTables.Profiles, Profiles(from), cancellationToken),
            await tables.WriteAsync(JsonTables.Videos, Videos(from), cancellationToken),
            await tables.WriteAsync(JsonTables.Decisions, Decisions(from), cancellationToken));
        tables.Complete();
        return counts;
    }

    private static IEnumerable<Profile> Profiles(string from)
    {
        var first = new SortedDictionary<long, DateTimeOffset>();
        using var ratings = Ratings(from);
        while (ratings.Read())
        {
            var (user, time) = ((long)ratings.Number("userId"), ratings.UnixTime("timestamp"));
            if (!first.TryGetValue(user, out var known) || time < known)
                first[user] = time;
        }

        foreach (var (user, time) in first)
            yield return new Profile { UserId = UserId(user), DisplayName = $"user {user}", CreatedAt = time };
    }

    private static IEnumerable<Video> Videos(string from)
    {
        var tags = Tags(from);
        var imdb = ImdbIds(from);
        using var movies = MovieLensCsv.Open(from, "movies.csv", "movieId", "title", "genres");
        while (movies.Read())
        {
            var id = movies.Text("movieId");
            var title = TitleAndYear().Match(movies.Text("title"));
            var genres = movies.Text("genres").Split('|').Where(genre => genre != "(no genres listed)");
            yield return new Video
            {
                Id = NamedUuid.Of($"movielens/movie/{id}"),
                ExternalId = id,
                Title = title.Groups["title"].Value.Trim(),
                Source = "movielens",
                ProductUrl = imdb.TryGetValue(id, out var imdbId) ? $"https://www.imdb.com/title/tt{imdbId}/" : $"https://movielens.org/movies/{id}",
                ProductReleasedAt = title.Groups["year"] is { Success: true } year
                    ? new DateTimeOffset(int.Parse(year.ValueSpan, CultureInfo.InvariantCulture), 1, 1, 0, 0, 0, TimeSpan.Zero)
                    : null,
                Tags = NameLists.Distinct([.. genres, .. tags.GetValueOrDefault(id) ?? []]),
            };
        }
    }

    private static IEnumerable<JsonTables.DecisionRow> Decisions(string from)
    {
        using var ratings = Ratings(from);
        while (ratings.Read())
        {
            var rating = ratings.Number("rating");
            if (rating is > Nope and < Like)
                continue;
            yield return new JsonTables.DecisionRow(
                UserId((long)ratings.Number("userId")),
                NamedUuid.Of($"movielens/movie/{ratings.Text("movieId")}"),
                rating >= Like ? "like" : "nope",
                ratings.UnixTime("timestamp"));
        }
    }

    private static Dictionary<string, List<string>> Tags(string from)
    {
        var ofMovie = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (!File.Exists(Path.Combine(from, "tags.csv")))
            return ofMovie;
        var users = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        using var tags = MovieLensCsv.Open(from, "tags.csv", "userId", "movieId", "tag");
        while (tags.Read())
        {
            var (movie, tag) = (tags.Text("movieId"), tags.Text("tag").Trim().ToLowerInvariant());
            (ofMovie.TryGetValue(movie, out var list) ? list : ofMovie[movie] = []).Add(tag);
            (users.TryGetValue(tag, out var set) ? set : users[tag] = new(StringComparer.Ordinal)).Add(tags.Text("userId"));
        }

        foreach (var list in ofMovie.Values)
            list.RemoveAll(tag => users[tag].Count < TagUsers);
        return ofMovie;
    }

    private static Dictionary<string, string> ImdbIds(string from)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(Path.Combine(from, "links.csv")))
            return ids;
        using var links = MovieLensCsv.Open(from, "links.csv", "movieId", "imdbId");
        while (links.Read())
            ids[links.Text("movieId")] = links.Text("imdbId");
        return ids;
    }

    private static MovieLensCsv Ratings(string from) => MovieLensCsv.Open(from, "ratings.csv", "userId", "movieId", "rating", "timestamp");

    private static string UserId(long user) => NamedUuid.Of($"movielens/user/{user}");

    [GeneratedRegex(@"^(?<title>.*?)\s*(\((?<year>(18|19|20)\d\d)\))?\s*$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex TitleAndYear();
}
