using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class MovieLensImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retrain-movielens-").FullName;

    public MovieLensImportTests()
    {
        Write("movies.csv", "movieId,title,genres\n1,Toy Story (1995),Adventure|Comedy\n2,\"American President, The (1995)\",Drama\n3,Untitled,(no genres listed)\n");
        Write("ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,2,3.0,964981247\n2,1,0.5,1445714835\n2,3,5.0,1445714836\n");
        Write("tags.csv", "userId,movieId,tag,timestamp\n1,1,Pixar,1\n2,1,pixar,2\n3,1,PIXAR,3\n1,1,mine,4\n");
        Write("links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n");
    }

    private string To => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RunAsync_SmallDataSet_BecomesASource()
    {
        Assert.Equal(new RowCounts(2, 3, 3), await MovieLensImport.RunAsync(_folder, To, default));
        var run = new SyncRun();
        var snapshot = await run.FromAsync(To);
        var data = await run.ReadAsync(snapshot);
        Assert.Equal((3, 2, 0), (snapshot.InteractionCount, snapshot.PositiveCount, snapshot.QuarantinedCount));

        // uuid5(URL namespace, "movielens/movie/1"), as Python's uuid module gives it.
        var movie = data.Catalogue.Videos[data.Catalogue.IndexOf("ccbc334b-ca0a-5a86-b425-b688f30e409e")];
        Assert.Equal(("Toy Story", "1", "https://www.imdb.com/title/tt0114709/"), (movie.Title, movie.ExternalId, movie.ProductUrl));
        Assert.Equal(new DateTimeOffset(1995, 1, 1, 0, 0, 0, TimeSpan.Zero), movie.ProductReleasedAt);
        Assert.Equal(["Adventure", "Comedy", "pixar"], movie.Tags);
        var untitled = Assert.Single(data.Catalogue.Videos, v => v.Title == "Untitled");
        Assert.Null(untitled.ProductReleasedAt);
        Assert.Empty(untitled.Tags);
        Assert.Contains(data.Catalogue.Videos, v => v.Title == "American President, The");
        var user = data.Log.IndexOf("4188b161-74ab-55bd-ab0d-948a826cc033");
        Assert.Equal(964981247000, data.Log.ProfileCreatedAt[user]);
    }

    [Theory]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,1,good,964982703\n", "ratings.csv, line 2, field rating: found good, expected a number")]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n1,1,4,yesterday\n", "ratings.csv, line 2, field timestamp: found yesterday, expected seconds since 1970")]
    [InlineData("movies.csv", "movieId,name\n1,x\n", "movies.csv, line 1: no column title, genres, found movieId, name")]
    [InlineData("movies.csv", "", "movies.csv: an empty file, expected the columns movieId, title, genres")]
    public async Task RunAsync_BrokenFile_NamesLineAndFieldAndLeavesTheTargetAlone(string file, string text, string expected)
    {
        Write(file, text);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => MovieLensImport.RunAsync(_folder, To, default));
        Assert.Equal(expected, error.Message);
        Assert.False(File.Exists(Path.Combine(To, "user_video_decisions.json")));
    }

    [Fact]
    public async Task RunAsync_MissingRatings_NamesTheFile()
    {
        File.Delete(Path.Combine(_folder, "ratings.csv"));
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => MovieLensImport.RunAsync(_folder, To, default));
        Assert.EndsWith("ratings.csv: no such file, expected the ratings.csv of a MovieLens data set", error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
