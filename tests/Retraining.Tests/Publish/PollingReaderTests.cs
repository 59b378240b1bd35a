using System.Security.Cryptography;
using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Local.Artifacts;
using Retraining.Publish;
using Retraining.Supabase;
using Retraining.Supabase.Storage;
using Retraining.Tests.Servers;
using Retraining.Tests.Supabase;

namespace Retraining.Tests.Publish;

/// <summary>
/// Readers that poll <c>current/manifest.json</c> and load what it names, while versions go live one after the other. Each store is the real
/// one. RETRAIN_TEST_PUBLISHES says how many publishes; without it, as many as take some seconds.
/// </summary>
public sealed class PollingReaderTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly VersionFiles _files = new();

    [Fact]
    public async Task Folder_PolledWhilePublishing_NeverShowsAMix()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            await PollAsync(new LocalArtifactStore(folder), publishes: 300);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [AzuriteFact]
    public Task AzureBlob_PolledWhilePublishing_NeverShowsAMix() =>
        PollAsync(new BlobAccount(azurite.ConnectionString, null).Open(new PublishSettings { Container = azurite.Container }), publishes: 30);

    [Fact]
    public async Task SupabaseStorage_PolledWhilePublishing_NeverShowsAMix()
    {
        await using var server = await StorageServer.StartAsync();
        using var client = new SupabaseClient(server.Project(), TimeProvider.System);
        await PollAsync(new SupabaseArtifactStore(client, "models"), publishes: 60);
    }

    private async Task PollAsync(IArtifactStore store, int publishes)
    {
        if (Environment.GetEnvironmentVariable("RETRAIN_TEST_PUBLISHES") is { Length: > 0 } wanted)
            publishes = int.Parse(wanted);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadUntilAsync(store, stop.Token))).ToArray();
        string? previous = null;
        for (var i = 0; i < publishes && !readers.Any(reader => reader.IsFaulted); i++)
        {
            var version = VersionName.From(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i));
            // Every other version has a file more, so that files vanish from current/ too.
            await _files.PublishAsync(await _files.WriteAsync(version, version, previous, null, i % 2 == 0 ? ["extra.json"] : []), store);
            await new CurrentPointer(store, _files.Settings.Prefix).MoveAsync(version, CancellationToken.None);
            previous = version;
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), seen => Assert.True(seen > 1, $"{seen} versions seen, expected several"));
    }

    /// <returns>Different versions seen.</returns>
    private async Task<int> ReadUntilAsync(IArtifactStore store, CancellationToken stop)
    {
        var models = new ModelStore(store, _files.Settings.Prefix);
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        while (!stop.IsCancellationRequested)
        {
            if (await models.ReadReigningAsync(CancellationToken.None) is not { } manifest)
            {
                Assert.Empty(seen); // once there is a live version, there always is one
                continue;
            }

            Assert.True(seen.Count == 0 || string.CompareOrdinal(manifest.Version, seen.Max) >= 0, $"{manifest.Version} after {seen.Max}");
            Assert.Equal(manifest.Version, manifest.ModelMeta.GetProperty("letter").GetString());
            foreach (var file in manifest.Files)
            {
                await using var stream = await models.OpenFileAsync(manifest.Version, file.Path, CancellationToken.None);
                Assert.Equal(file.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, CancellationToken.None)));
            }

            seen.Add(manifest.Version);
        }

        return seen.Count;
    }
}
