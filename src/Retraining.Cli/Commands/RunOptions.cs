using System.CommandLine;
using System.Globalization;
using Retraining.Configuration;

namespace Retraining.Cli.Commands;

/// <summary>Options of <c>run</c> and <c>plan</c>.</summary>
internal sealed class RunOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Folder with profiles, videos_subset (or videos) and user_video_decisions, each as .json or .parquet", HelpName = "FOLDER" };
    private readonly RemoteOptions _remote = new();
    private readonly ReviewOptions _reviews = new();
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Most epochs" };
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "Users in a batch" };
    private readonly Option<double?> _learningRate = new("--lr") { Description = "Learning rate" };
    private readonly Option<int?> _embeddingDim = new("--embedding-dim") { Description = "Length of an embedding" };
    private readonly Option<string?> _trainer = new("--trainer")
    {
        Description = "What computes the training: csharp or torch (in builds with TorchSharp)",
        HelpName = "NAME",
    };

    private readonly Option<string?> _device = new("--device") { Description = "For torch: cpu or cuda", HelpName = "NAME" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Do everything up to the manifest, publish nothing" };
    private readonly Option<bool> _skipExport = new("--skip-export") { Description = "Stop after the gate" };
    private readonly Option<bool> _skipEmbeddings = new("--skip-embeddings") { Description = "Stop after the export of the model" };
    private readonly Option<string?> _reason = new("--override-reason") { Description = "Publish even if the gate refuses, and record why", HelpName = "TEXT" };
    private readonly Option<string> _startedBy = new("--started-by") { Description = "Who starts the run", HelpName = "NAME", DefaultValueFactory = _ => "cli" };
    private readonly Option<string?> _version = new("--version") { Description = "Name of the version instead of now, yyyyMMdd_HHmmss", HelpName = "VERSION" };
    private readonly Option<string?> _runId = new("--run-id") { Description = "Id of the run; an id is started once", HelpName = "ID" };

    public void AddTo(Command command)
    {
        _remote.AddTo(command);
        _reviews.AddTo(command);
        Option[] all = [_data, _epochs, _batchSize, _learningRate, _embeddingDim, _trainer, _device, _dryRun, _skipExport, _skipEmbeddings, _reason, _startedBy, _version, _runId];
        foreach (var option in all)
            command.Options.Add(option);
    }

    public string? RunId(ParseResult parsed) => parsed.GetValue(_runId);

    public DateTimeOffset? StartedAt(ParseResult parsed)
    {
        if (parsed.GetValue(_version) is not { } version)
            return null;
        return VersionName.IsValid(version)
            ? DateTimeOffset.ParseExact(version, "yyyyMMdd_HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : throw new UsageException($"--version {version}, expected yyyyMMdd_HHmmss such as 20261122_190000");
    }

    /// <summary>The settings that these options stand for.</summary>
    public IReadOnlyList<SettingValue> Settings(ParseResult parsed, CommonOptions common)
    {
        var values = new List<SettingValue>();
        if (parsed.GetValue(common.PgDsn) is not null)
            values.Add(new SettingValue("source.kind", "postgres", null, "--pg-dsn"));
        if (parsed.GetValue(_data) is { } folder)
        {
            values.Add(new SettingValue("source.kind", "files", null, "--data"));
            values.Add(new SettingValue("source.folder", folder, null, "--data"));
        }

        values.AddRange(_remote.Settings(parsed));
        values.AddRange(_reviews.Settings(parsed, values));
        Add("training.epochs", parsed.GetValue(_epochs), _epochs);
        Add("training.batch_users", parsed.GetValue(_batchSize), _batchSize);
        Add("training.learning_rate", parsed.GetValue(_learningRate), _learningRate);
        Add("training.embedding_dim", parsed.GetValue(_embeddingDim), _embeddingDim);
        AddText("training.trainer", parsed.GetValue(_trainer), _trainer);
        AddText("training.device", parsed.GetValue(_device), _device);
        return values;

        void Add(string key, IFormattable? value, Option option) => AddText(key, value?.ToString(null, CultureInfo.InvariantCulture), option);

        void AddText(string key, string? value, Option option)
        {
            if (value is not null)
                values.Add(new SettingValue(key, value, null, option.Name));
        }
    }

    public RetrainingRequest Request(ParseResult parsed, RetrainingSettings settings, string? commit) => new()
    {
        Settings = settings,
        StartedBy = parsed.GetValue(_startedBy)!,
        OverrideReason = parsed.GetValue(_reason),
        DryRun = parsed.GetValue(_dryRun),
        SkipExport = parsed.GetValue(_skipExport),
        SkipEmbeddings = parsed.GetValue(_skipEmbeddings),
        CommitSha = commit,
    };
}
