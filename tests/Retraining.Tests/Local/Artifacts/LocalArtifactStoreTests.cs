using System.Text;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Local.Artifacts;

namespace Retraining.Tests.Local.Artifacts;

public sealed class LocalArtifactStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("store-");
    private readonly LocalArtifactStore _store;

    public LocalArtifactStoreTests() => _store = new LocalArtifactStore(Path.Combine(_folder.FullName, "root"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task WriteAsync_Text_ReturnsItsHashAndSize()
    {
        var written = await WriteAsync("runs/a/abc.txt", "abc");

        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        Assert.Equal(new ArtifactRef("runs/a/abc.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3), written);
        Assert.Equal("abc", await ReadAsync("runs/a/abc.txt"));
    }

    [Fact]
    public async Task WriteAsync_WriterThrows_KeepsTheOldFileAndNoLeftover()
    {
        await WriteAsync("a.txt", "old");

        await Assert.ThrowsAsync<InvalidDataException>(() => _store.WriteAsync(
            "a.txt",
            async (stream, token) =>
            {
                await stream.WriteAsync("half"u8.ToArray(), token);
                throw new InvalidDataException();
            },
            WriteOptions.Private,
            CancellationToken.None));

        Assert.Equal("old", await ReadAsync("a.txt"));
        Assert.Equal(["a.txt"], Directory.EnumerateFiles(_store.Location).Select(Path.GetFileName));
    }

    [Fact]
    public async Task WriteAsync_HalfWay_IsNotVisible()
    {
        await _store.WriteAsync(
            "a.txt",
            async (stream, token) =>
            {
                await stream.WriteAsync("half"u8.ToArray(), token);
                await stream.FlushAsync(token);
                Assert.False(await _store.ExistsAsync("a.txt", token));
                Assert.Empty(await _store.ListAsync("", token));
            },
            WriteOptions.Private,
            CancellationToken.None);

        Assert.True(await _store.ExistsAsync("a.txt", CancellationToken.None));
    }

    [Fact]
    public async Task WriteAsync_WhileRead_LeavesTheReaderTheOldContent()
    {
        await WriteAsync("a.txt", "old");
        await using var reader = await _store.OpenReadAsync("a.txt", CancellationToken.None);

        await WriteAsync("a.txt", "newer");

        using var text = new StreamReader(reader);
        Assert.Equal("old", await text.ReadToEndAsync());
        Assert.Equal("newer", await ReadAsync("a.txt"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside.txt")]
    [InlineData("a/../../outside.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\\..\\b")]
    [InlineData("a/")]
    public async Task WriteAsync_PathOutsideTheStore_IsRefused(string path)
    {
        await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(path, "x"));
        await Assert.ThrowsAsync<PermanentStageException>(() => _store.OpenReadAsync(path, CancellationToken.None));
        await Assert.ThrowsAsync<PermanentStageException>(() => _store.DeleteAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task OpenReadAsync_MissingFile_NamesItAndTheStore()
    {
        var error = await Assert.ThrowsAsync<ArtifactNotFoundException>(() => _store.OpenReadAsync("a/b.txt", CancellationToken.None));

        Assert.Contains("a/b.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains(_store.Location, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenReadAsync_File_Seeks()
    {
        await WriteAsync("a.txt", "0123456789");
        await using var stream = await _store.OpenReadAsync("a.txt", CancellationToken.None);

        stream.Seek(-3, SeekOrigin.End);

        Assert.Equal('7', stream.ReadByte());
    }

    [Fact]
    public async Task ListAsync_PrefixInsideAName_ListsInOrdinalOrder()
    {
        foreach (var path in new[] { "v/b.txt", "v/B.txt", "v/a/z.txt", "va.txt", "w.txt" })
            await WriteAsync(path, "x");

        // Ordinal: upper case before lower case.
        Assert.Equal(["v/B.txt", "v/a/z.txt", "v/b.txt"], await _store.ListAsync("v/", CancellationToken.None));
        Assert.Equal(["v/B.txt", "v/a/z.txt", "v/b.txt", "va.txt"], await _store.ListAsync("v", CancellationToken.None));
        Assert.Empty(await _store.ListAsync("nothing/", CancellationToken.None));
    }

    [Fact]
    public async Task RemoveLeftovers_AfterACrash_KeepsWholeFilesOnly()
    {
        await WriteAsync("runs/a/whole.txt", "x");
        var leftover = Path.Combine(_store.Location, "runs", "a", ".writing-1234");
        await File.WriteAllTextAsync(leftover, "half");

        Assert.Equal(["runs/a/whole.txt"], await _store.ListAsync("", CancellationToken.None));
        _store.RemoveLeftovers("runs/a/");

        Assert.False(File.Exists(leftover));
        Assert.Equal("x", await ReadAsync("runs/a/whole.txt"));
    }

    [Fact]
    public async Task WriteAsync_AfterACrash_TakesTheLeftoverOver()
    {
        Directory.CreateDirectory(_store.Location);
        await File.WriteAllTextAsync(Path.Combine(_store.Location, ".writing-a.txt"), "a longer half than the whole");

        await WriteAsync("a.txt", "whole");

        Assert.Equal("whole", await ReadAsync("a.txt"));
        Assert.Equal(["a.txt"], Directory.EnumerateFiles(_store.Location).Select(Path.GetFileName));
    }

    [Fact]
    public async Task DeleteAsync_MissingFile_IsNoError()
    {
        await WriteAsync("a.txt", "x");

        await _store.DeleteAsync("a.txt", CancellationToken.None);
        await _store.DeleteAsync("a.txt", CancellationToken.None);

        Assert.False(await _store.ExistsAsync("a.txt", CancellationToken.None));
    }

    private Task<ArtifactRef> WriteAsync(string path, string text) => _store.WriteAsync(
        path,
        async (stream, token) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), token),
        WriteOptions.Private,
        CancellationToken.None);

    private async Task<string> ReadAsync(string path)
    {
        using var reader = new StreamReader(await _store.OpenReadAsync(path, CancellationToken.None));
        return await reader.ReadToEndAsync();
    }
}
