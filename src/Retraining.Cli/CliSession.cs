using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Retraining.Cli.Logs;
using Retraining.Configuration;
using Retraining.Host.Composition;
using Retraining.Operations;

namespace Retraining.Cli;

/// <summary>What a command works with: streams, environment, common options, and the services that follow from them.</summary>
internal sealed class CliSession(CliStreams streams, IDictionary variables, CommonOptions options)
{
    private const string Text = "text";

    public CliStreams Streams => streams;
    public CommonOptions Options => options;
    public IDictionary Variables => variables;

    public bool Json(ParseResult parsed) => parsed.GetValue(options.Json);

    /// <summary>Composes everything from file, environment and command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">Settings that the command's own options stand for.</param>
    public ServiceProvider Compose(ParseResult parsed, IReadOnlyList<SettingValue>? more = null)
    {
        var services = new ServiceCollection();
        var settings = Settings(parsed, more ?? []);
        var shown = settings.Resolve(overrides: null).Logging.Format == Text ? LogLevel.Warning : LogLevel.Information;
        services.AddLogging(logging => Log(logging, parsed, shown));
        AddRetraining(services, parsed, settings);
        return services.BuildServiceProvider();
    }

    /// <summary>The same for a host that has services of its own.</summary>
    public void AddRetraining(IServiceCollection services, ParseResult parsed) => AddRetraining(services, parsed, Settings(parsed, []));

    /// <summary>Logs to stderr in the format that the settings say.</summary>
    /// <param name="shown">From which level on, without <c>--verbose</c>. Whoever else takes logs gets those of information, too.</param>
    public void Log(ILoggingBuilder logging, ParseResult parsed, LogLevel shown = LogLevel.Information)
    {
        var verbose = parsed.GetValue(options.Verbose);
        logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information);
        logging.Services.AddSingleton<ILoggerProvider>(provider => new LineLoggerProvider(
            streams.Error, provider.GetRequiredService<SecretText>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RetrainingSettings>().Logging.Format == Text ? TextLine.Of : JsonLine.Of)
        {
            Least = verbose ? LogLevel.Debug : shown, // not a filter of its own: that would put aside those by category
        });
    }

    /// <summary>Where a run's progress is shown: nowhere but in the log where that is for machines.</summary>
    public CliStreams Shown(IServiceProvider services) => services.GetRequiredService<RetrainingSettings>().Logging.Format == Text
        ? streams
        : streams with { Error = TextWriter.Null, Live = false };

    private void AddRetraining(IServiceCollection services, ParseResult parsed, SettingsResolver settings)
    {
        services.AddRetraining(settings, HostSecrets.From(variables, parsed.GetValue(options.PgDsn)));
#if TORCH_SHARP
        TorchSharp.TorchServices.AddTorch(services);
#endif
    }

    private SettingsResolver Settings(ParseResult parsed, IReadOnlyList<SettingValue> more)
    {
        var values = new List<SettingValue>(more);
        foreach (var assignment in parsed.GetValue(options.Set) ?? [])
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"--set {assignment}, expected KEY=VALUE such as training.epochs=10");
            values.Add(SettingsText.Value(assignment[..equals], assignment[(equals + 1)..], $"--set {assignment}"));
        }

        return SettingsResolver.Create(parsed.GetValue(options.Config), variables, values);
    }
}
