using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>Requests of other processes to the one that carries a run: a file each, read in the order of their arrival.</summary>
internal sealed class ControlBox(string folder, TimeProvider time, ILogger logger)
{
    private const string Extension = ".json";

    public void Put(ControlRequest request)
    {
        DurableFile.CreateFolder(folder);
        var name = $"{time.GetUtcNow().UtcTicks:D19}-{Path.GetRandomFileName().Replace('.', '-')}{Extension}";
        DurableFile.Replace(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(request, RecordJson.Options), flushToDisk: true);
    }

    public IReadOnlyList<AskedRequest> Read()
    {
        if (!Directory.Exists(folder))
            return [];

        return [.. Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal).Select(Read).OfType<AskedRequest>()];
    }

    public void Remove(string id) => File.Delete(Path.Combine(folder, id + Extension));

    private AskedRequest? Read(string file)
    {
        try
        {
            var request = JsonSerializer.Deserialize<ControlRequest>(File.ReadAllBytes(file), RecordJson.Options);
            return request is null ? null : new AskedRequest(Path.GetFileNameWithoutExtension(file), request);
        }
        catch (JsonException e)
        {
            // Written whole or not at all, so nobody asked this. Put aside, so that it is told once and can be looked at.
            logger.ControlIgnored(file, e.Message);
            File.Move(file, file + ".ignored", overwrite: true);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null; // answered just now
        }
    }
}
