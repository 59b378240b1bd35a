using System.ComponentModel.DataAnnotations;

namespace Retraining.Execution;

/// <summary>Where runs are kept and how much is done at once.</summary>
public sealed record EngineSettings
{
    /// <summary>Most parts of a table.</summary>
    public const int MaxShards = 64;

    /// <summary>
    /// Where journals are: <c>folder</c> on this machine, or <c>postgres</c> (<c>DATABASE_URL</c>), which several hosts share. Hosts that share one
    /// also share the schedule, and the run of a host that died goes on in another.
    /// </summary>
    [AllowedValues("folder", "postgres")]
    public string Journal { get; init; } = "folder";

    /// <summary>Where the runs' own files are: <c>folder</c>, or <c>azure-blob</c>. Hosts that share journals have to share these.</summary>
    [AllowedValues("folder", "azure-blob")]
    public string Store { get; init; } = "folder";

    /// <summary>For <c>azure-blob</c>.</summary>
    public string Container { get; init; } = "retrain-work";

    /// <summary>Journals and the runs' own files. Every process that uses the same folder sees the same runs; one of them carries a run at a time.</summary>
    public string Folder { get; init; } = ".local/work";

    /// <summary>Stages at once that read and write elsewhere.</summary>
    [Range(1, 64)]
    public int Transfers { get; init; } = 4;

    /// <summary>Stages at once that compute for seconds.</summary>
    [Range(1, 64)]
    public int Computes { get; init; } = 2;

    /// <summary>Trainings at once.</summary>
    [Range(1, 8)]
    public int Trainings { get; init; } = 1;

    /// <summary>
    /// Parts into which features and embeddings are cut, which run side by side on as many workers as there are; 0: one for each 250,000 users
    /// or videos. The files are the same for any number.
    /// </summary>
    [Range(0, MaxShards)]
    public int Shards { get; init; }
}
