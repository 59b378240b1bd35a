using Retraining.Serving;
using Retraining.Source;

namespace Retraining.Tests.EndToEnd;

public sealed class DiskFullTests
{
    private const string Champion = "20260701_000000", Challenger = "20260708_000000";

    [SmallDiskFact]
    public async Task Run_DiskFullAtPublish_FailsAndLeavesTheChampionLive()
    {
        var sample = Directory.CreateTempSubdirectory("disk-full-sample-");
        await SampleGenerator.WriteAsync(sample.FullName, new SampleSettings { Users = 120, Videos = 150, Decisions = 3_600 }, CancellationToken.None);
        using var workspace = new CrashWorkspace(sample.FullName);
        sample.Delete(recursive: true);
        Assert.Equal("Completed Published", await workspace.RunAsync("first", Champion, "none"));
        var store = workspace.PathOf(".local/model-artifacts");
        var before = workspace.Published();

        // Room for what is there and for half of a version (the champion is there three times: versioned, current, models).
        var taken = Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        using (var disk = new SmallDisk(taken + taken / 6))
        {
            CopyTree(store, disk.Path);
            workspace.Variables["TwoTower__Publish__Folder"] = disk.Path;
            using var process = workspace.Start("second", Challenger, "none");
            var end = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            Assert.Equal(1, process.ExitCode);
            Assert.StartsWith("Failed publish: ", end, StringComparison.Ordinal);
            Assert.Contains("No space left on device", end, StringComparison.Ordinal);
            var left = new DirectoryInfo(Path.Combine(disk.Path, "two-tower/v3/current"));
            foreach (var file in left.EnumerateFiles())
                Assert.Equal(before[Path.Combine("two-tower/v3/current", file.Name)], Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file.FullName))));
            Assert.False(File.Exists(Path.Combine(disk.Path, $"two-tower/v3/{Challenger}/manifest.json")), "the manifest is written last, expected none on a full disk");
        }

        await using var index = new FileVectorIndex(new ServingSettings { Folder = workspace.PathOf(".local/vector-index") }, TimeProvider.System);
        Assert.Equal(Champion, Assert.Single(await index.ListVersionsAsync(CancellationToken.None), version => version.IsActive).Version);
    }

    private static void CopyTree(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
