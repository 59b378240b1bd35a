using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>Requests of other processes to the one that carries a run: a file each, read in the order of their arrival and removed.</summary>
internal sealed class ControlBox(string folder, TimeProvider time, ILogger logger)
{
    public void Put(ControlRequest request)
    {
        DurableFile.CreateFolder(folder);
        var name = $"{time.GetUtcNow().UtcTicks:D19}-{Path.GetRandomFileName()}.json";
        DurableFile.Replace(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(request, RecordJson.Options), flushToDisk: true);
    }

    public IReadOnlyList<ControlRequest> Take()
    {
        if (!Directory.Exists(folder))
            return [];

        var requests = new List<ControlRequest>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            if (Read(file) is { } request)
                requests.Add(request);
            File.Delete(file);
        }

        return requests;
    }

    private ControlRequest? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ControlRequest>(File.ReadAllBytes(file), RecordJson.Options);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            logger.ControlIgnored(file, e.Message);
            return null;
        }
    }
}
