using Retraining.Execution;
using Retraining.Tests.Cli;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Local.Journal;

/// <summary>A folder of runs that takes no files. Permission bits do not stop the superuser, so nobody can write to these.</summary>
public sealed class ReadOnlyFolderTests
{
    [Fact]
    public async Task Run_FolderCannotBeMade_FailsAndSaysWhatToSet()
    {
        using var cli = new CliFixture();
        await File.WriteAllTextAsync(cli.PathOf("file"), "");
        var folder = Path.Combine(cli.PathOf("file"), "work");
        cli.Variables["TwoTower__Engine__Folder"] = folder;

        var (code, _, error) = await cli.RunAsync("run", "--data", await cli.SampleAsync());

        Assert.Equal(1, code);
        Assert.Contains(
            $"{folder}: runs cannot be recorded here, expected a folder that this user can write to (engine.folder): ", error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Start_FolderTakesNoFiles_SaysSoAndNotThatSomebodyHoldsIt()
    {
        var fixture = new EngineFixture();
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(fixture.Folder, "journals"), "/proc/self"); // a folder in which no file can be made

            var error = await Assert.ThrowsAsync<PermanentStageException>(() => EngineFixture.RunAsync(fixture.Open()));

            Assert.StartsWith($"{fixture.Folder}: runs cannot be recorded here, expected a folder", error.Message, StringComparison.Ordinal);
            Assert.Empty(fixture.Ran);
        }
        finally
        {
            File.Delete(Path.Combine(fixture.Folder, "journals"));
            await fixture.CloseAsync();
        }
    }
}
