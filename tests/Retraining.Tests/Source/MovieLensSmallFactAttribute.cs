namespace Retraining.Tests.Source;

/// <summary>A test on <c>../shared/data/movielens-small</c>, beside the clone; skipped where that is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MovieLensSmallFactAttribute : FactAttribute
{
    public MovieLensSmallFactAttribute() => Skip = Folder is null ? "../shared/data/movielens-small is not there" : null;

    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Functions.sln")))
                return Path.GetFullPath(Path.Combine(folder, "..", "shared", "data", "movielens-small")) is var data && Directory.Exists(data) ? data : null;
        }

        return null;
    }
}
