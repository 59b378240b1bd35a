using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Retraining.Configuration;
using Retraining.Host.Composition;

namespace Retraining.Cli;

/// <summary>What a command works with: streams, environment, common options, and the services that follow from them.</summary>
internal sealed class CliSession(CliStreams streams, IDictionary variables, CommonOptions options)
{
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
        services.AddLogging(logging => Configure(logging, parsed.GetValue(options.Verbose)));
        AddRetraining(services, parsed, more);
        return services.BuildServiceProvider();
    }

    /// <summary>The same for a host that has services of its own.</summary>
    public void AddRetraining(IServiceCollection services, ParseResult parsed, IReadOnlyList<SettingValue>? more = null)
    {
        services.AddRetraining(Settings(parsed, more ?? []), HostSecrets.From(variables, parsed.GetValue(options.PgDsn)));
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

    private void Configure(ILoggingBuilder logging, bool verbose)
    {
        logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning);
        if (verbose)
            logging.Services.AddSingleton<ILoggerProvider>(provider => new LineLoggerProvider(streams.Error, provider.GetRequiredService<Operations.SecretText>()));
    }
}
