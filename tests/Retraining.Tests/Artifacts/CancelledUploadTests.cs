using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Local.Artifacts;
using Retraining.Supabase;
using Retraining.Supabase.Storage;
using Retraining.Tests.Servers;
using Retraining.Tests.Supabase;

namespace Retraining.Tests.Artifacts;

/// <summary>An upload that is cancelled stops, and its readers still have the file that was there before.</summary>
public sealed class CancelledUploadTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private const string Path = "two-tower/v3/current/manifest.json";
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task WriteAsync_FolderCancelled_KeepsTheOldFileAndNoLeftover()
    {
        var folder = Directory.CreateTempSubdirectory("cancelled-");
        try
        {
            await AssertKeepsTheOldFileAsync(new LocalArtifactStore(folder.FullName), () => { }, written => written == 3 << 20);
            Assert.Single(folder.EnumerateFiles("*", SearchOption.AllDirectories));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [AzuriteFact]
    public async Task WriteAsync_BlobCancelledWithinABlock_KeepsTheOldFile()
    {
        var options = new BlobClientOptions();
        var stopping = new StoppingPolicy(_stop);
        options.AddPolicy(stopping, HttpPipelinePosition.PerCall);
        var store = new BlobArtifactStore(new BlobContainerClient(azurite.ConnectionString, azurite.Container, options));

        await AssertKeepsTheOldFileAsync(store, () => stopping.AtBlock = 3, _ => false);
    }

    [Theory]
    [InlineData("POST", 1, 1 << 20)] // one request
    [InlineData("PATCH", 4, SupabaseArtifactStore.ResumableFrom + 12_345)] // in parts
    public async Task WriteAsync_SupabaseCancelledWhileItDoesNotAnswer_KeepsTheOldFile(string method, int stallAt, int size)
    {
        await using var server = await StorageServer.StartAsync();
        using var client = new SupabaseClient(server.Project(), TimeProvider.System);
        var uploads = 0;

        await AssertKeepsTheOldFileAsync(new SupabaseArtifactStore(client, "models"), () => server.Intercept = async (context, _) =>
        {
            if (context.Request.Method != method || ++uploads != stallAt)
                return false;
            await _stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        }, written => written < size ? false : null);
    }

    /// <param name="store">Empty.</param>
    /// <param name="arm">Called when the old file is there.</param>
    /// <param name="cancelsAt">Told the bytes so far: whether to cancel now; null to write no more.</param>
    private async Task AssertKeepsTheOldFileAsync(IArtifactStore store, Action arm, Func<int, bool?> cancelsAt)
    {
        await store.WriteAsync(
            Path, (stream, token) => stream.WriteAsync("old"u8.ToArray(), token).AsTask(), WriteOptions.Pointer, CancellationToken.None);
        arm();

        var run = Task.Run(() => store.WriteAsync(
            Path, (stream, token) => FillAsync(stream, cancelsAt, token), WriteOptions.Pointer, _stop.Token));

        await Stopping.AssertEndsAsync(run, _stop.Token);
        using var reader = new StreamReader(await store.OpenReadAsync(Path, CancellationToken.None), Encoding.UTF8);
        Assert.Equal("old", await reader.ReadToEndAsync());
        Assert.Equal([Path], await store.ListAsync("", CancellationToken.None));
    }

    private async Task FillAsync(Stream stream, Func<int, bool?> cancelsAt, CancellationToken token)
    {
        var (piece, written) = (new byte[1 << 18], 0);
        while (cancelsAt(written) is { } cancel)
        {
            if (cancel)
                await _stop.CancelAsync();
            await stream.WriteAsync(piece, token);
            written += piece.Length;
        }
    }

    private sealed class StoppingPolicy(CancellationTokenSource stop) : HttpPipelineSynchronousPolicy
    {
        private int _blocks;

        public int AtBlock { get; set; } = int.MaxValue;

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal) && ++_blocks == AtBlock)
                stop.Cancel();
        }
    }
}
