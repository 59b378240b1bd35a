using Retraining.Tests.Cli;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Runs;

public sealed class FolderThousandRunsTests() : ThousandRunsTests(new JournalPlace())
{
    [Theory]
    [InlineData("history", "--top", "1000")]
    [InlineData("history", "--top", "1000", "--json")]
    public async Task History_JournalsUnreadable_ListsAll(params string[] arguments)
    {
        foreach (var journal in Directory.EnumerateFiles(Folder, "journal", SearchOption.AllDirectories))
            await File.WriteAllBytesAsync(journal, new byte[new FileInfo(journal).Length]);
        using var cli = new CliFixture();
        cli.Variables["TwoTower__Engine__Folder"] = Folder;

        var result = await cli.RunAsync(arguments);

        Assert.Equal(0, result.Code);
        Assert.All([0, 99, 509, 999], number => Assert.Contains($"stored-{number:D4}", result.Out, StringComparison.Ordinal));
    }

    private protected override Task StoreAsync()
    {
        StoredRuns.InFolder(Folder, Count);
        return Task.CompletedTask;
    }
}
