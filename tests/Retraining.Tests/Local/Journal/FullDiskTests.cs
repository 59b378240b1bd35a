using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Tests.Local.Journal;

public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("full-");

    public void Dispose() => _folder.Delete(recursive: true);

    [LinuxFact]
    public void Append_DiskFull_IsRefusedWithFileRecordAndReason()
    {
        var file = Path.Combine(_folder.FullName, "journal");
        File.CreateSymbolicLink(file, "/dev/full"); // every write to it ends in "no space left on device"
        using var journal = RunJournal.Open(file, TimeProvider.System, NullLogger.Instance);

        var error = Assert.Throws<JournalWriteException>(() => journal.Append(EventKinds.RunSuspended, new ReasonContent("x")));

        Assert.StartsWith($"{file}: record 0 (run-suspended) cannot be written: No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Empty(journal.Records);
    }
}
