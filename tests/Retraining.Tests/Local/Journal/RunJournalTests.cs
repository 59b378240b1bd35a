using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Tests.Local.Journal;

public sealed class RunJournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");

    private string File => Path.Combine(_folder.FullName, "journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Crc32C_CheckValue_IsThatOfCastagnoli() =>

        // The check value of CRC-32C for "123456789" in Koopman's and Williams' catalogues.
        Assert.Equal(0xE3069283u, JournalFrame.Crc32C("123456789"u8));

    [Fact]
    public void Append_BeforeItCounts_IsOnTheDisk()
    {
        var (synced, failing) = (new List<(long Written, int Counted)>(), false);
        RunJournal? journal = null;
        using (journal = RunJournal.Open(File, TimeProvider.System, NullLogger.Instance, sync: Sync))
        {
            journal.Append(EventKinds.RunSuspended, new ReasonContent("first"));
            var whole = new FileInfo(File).Length;
            Assert.Equal((whole, 0), Assert.Single(synced)); // written whole by then, and not one of the records yet
            failing = true;

            var error = Assert.Throws<JournalWriteException>(() => journal.Append(EventKinds.RunResumed, new ReasonContent("second")));

            Assert.Contains("record 1 (run-resumed) cannot be written: the disk is gone", error.Message, StringComparison.Ordinal);
            Assert.Single(journal.Records);
            Assert.Equal(whole, new FileInfo(File).Length);
        }

        void Sync(FileStream file)
        {
            synced.Add((file.Length, journal!.Records.Count));
            if (failing)
                throw new IOException("the disk is gone");
        }
    }

    [Fact]
    public void Append_Reopened_IsRead()
    {
        Write(3);

        using var journal = Open();

        Assert.Equal(["reason 0", "reason 1", "reason 2"], journal.Records.Select(record => record.Read<ReasonContent>().Reason));
        Assert.Equal([0L, 1, 2], journal.Records.Select(record => record.Sequence));
    }

    [Fact]
    public void Open_CutAnywhereInTheLastRecord_KeepsTheOthersAndGoesOn()
    {
        Write(2);
        var two = new FileInfo(File).Length;
        Write(1);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = two; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..(int)length]);
            using (var journal = Open())
            {
                Assert.Equal(2, journal.Records.Count);
                journal.Append(EventKinds.RunSuspended, new ReasonContent("after the repair"));
            }

            Assert.Equal("after the repair", JournalReader.Read(File).Records[2].Read<ReasonContent>().Reason);
        }
    }

    [Fact]
    public void Open_ZerosOrGarbageAtTheEnd_AreCutOff()
    {
        Write(2);
        var intact = System.IO.File.ReadAllBytes(File);
        var garbage = new byte[300];
        new Random(1).NextBytes(garbage);
        foreach (var tail in new[] { new byte[300], garbage })
        {
            System.IO.File.WriteAllBytes(File, [.. intact, .. tail]);
            using (var journal = Open())
                Assert.Equal(2, journal.Records.Count);
            Assert.Equal(intact, System.IO.File.ReadAllBytes(File));
        }
    }

    [Fact]
    public void Open_AnyByteOfAnInnerRecordFlipped_IsRefusedWithFileAndOffset()
    {
        Write(1);
        var first = (int)new FileInfo(File).Length;
        Write(1);
        var second = (int)new FileInfo(File).Length;
        Write(1);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var position = first; position < second; position++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= 0x40;
            System.IO.File.WriteAllBytes(File, damaged);

            var error = Assert.Throws<JournalUnreadableException>(() => Open());

            Assert.Equal((File, first), (error.File, error.Offset));
            Assert.Contains($"{File}, byte {first}", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, System.IO.File.ReadAllBytes(File));
        }
    }

    [Fact]
    public void Open_RecordMissingInTheMiddle_IsRefused()
    {
        Write(1);
        var first = (int)new FileInfo(File).Length;
        Write(1);
        var second = (int)new FileInfo(File).Length;
        Write(1);
        var whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, [.. whole[..first], .. whole[second..]]);

        var error = Assert.Throws<JournalUnreadableException>(() => Open());

        Assert.Contains("record 2 where record 1 belongs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_RecordAsLargeAsData_IsRefused()
    {
        using var journal = Open();

        var error = Assert.Throws<InvalidDataException>(() => journal.Append(EventKinds.RunSuspended, new ReasonContent(new string('x', 5 << 20))));

        Assert.Contains("references", error.Message, StringComparison.Ordinal);
        Assert.Empty(journal.Records);
    }

    [Fact]
    public void Read_WhileAnotherWrites_SeesWholeRecordsOnly()
    {
        using var journal = Open();
        journal.Append(EventKinds.RunSuspended, new ReasonContent("one"));

        Assert.Single(JournalReader.Read(File).Records);
    }

    private void Write(int records)
    {
        using var journal = Open();
        for (var i = 0; i < records; i++)
            journal.Append(EventKinds.RunSuspended, new ReasonContent($"reason {i}"));
    }

    private RunJournal Open() => RunJournal.Open(File, TimeProvider.System, NullLogger.Instance);
}
