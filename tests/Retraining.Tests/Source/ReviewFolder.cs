using System.Text;
using Retraining.Dataset;
using Retraining.Source;

namespace Retraining.Tests.Source;

/// <summary>A folder of videos with product URLs, and files of reviews beside them.</summary>
internal sealed class ReviewFolder : IDisposable
{
    public const string Header = "product_url,reviewer_id,stars\n";

    private readonly SourceFolder _folder = new();

    public ReviewFolder()
    {
        _folder.Write(SourceFolder.Videos,
            """
            [{"id": "v1", "title": "One", "product_url": "https://shop.example/p/1/"},
             {"id": "v2", "title": "Two", "product_url": "https://shop.example/p/2"},
             {"id": "v3", "title": "Three"}]
            """);
    }

    public SyncRun Run { get; } = new();

    public string Path => _folder.Path;

    public void Write(string name, string text, Encoding? encoding = null) => Write(name, (encoding ?? new UTF8Encoding(false)).GetPreamble(), (encoding ?? new UTF8Encoding(false)).GetBytes(text));

    public void Write(string name, params byte[][] parts) => File.WriteAllBytes(PathOf(name), [.. parts.SelectMany(part => part)]);

    public string PathOf(string name) => System.IO.Path.Combine(_folder.Path, name);

    /// <summary>Reviews alone, dated 2026-05-01, with the folder's videos.</summary>
    public SourceSettings Settings(string reviews = "reviews.csv") => new()
    {
        Kind = "reviews",
        Folder = _folder.Path,
        Reviews = PathOf(reviews),
        ReviewVideos = "files",
        ReviewsDate = new DateOnly(2026, 5, 1),
    };

    public Task<Snapshot> SyncAsync(SourceSettings? settings = null)
    {
        settings ??= Settings();
        return Run.FromAsync(new ReviewSource(new FolderSource(_folder.Path), settings), settings);
    }

    public void Dispose() => _folder.Dispose();
}
