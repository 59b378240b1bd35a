using System.Runtime.InteropServices;

namespace Retraining.Local.Files;

/// <summary>Makes names, not only contents, survive a power cut: a rename is on the disk once its folder has been flushed.</summary>
internal static partial class DurableFile
{
    private const int ReadOnly = 0;

    /// <summary>Creates a folder and its parents and flushes each parent that got a new name.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;

        var parent = Path.GetDirectoryName(folder);
        if (parent is not null)
            CreateFolder(parent);
        Directory.CreateDirectory(folder);
        if (parent is not null)
            FlushFolder(parent);
    }

    /// <summary>Flushes the names in a folder. Windows journals them by itself; file systems without this operation are left alone.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            return;

        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    /// <summary>Writes a small file whole, beside its place first.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool flushToDisk)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            file.Write(content);
            file.Flush(flushToDisk);
        }

        File.Move(temporary, path, overwrite: true);
        if (flushToDisk)
            FlushFolder(Path.GetDirectoryName(path)!);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
