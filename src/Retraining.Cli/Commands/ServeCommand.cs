using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Retraining.Host.Http;
using Retraining.Host.Keys;

namespace Retraining.Cli.Commands;

internal static class ServeCommand
{
    private const string Embedded = "embedded", DurableTask = "durabletask";

    public static Command Create(CliSession session)
    {
        var url = new Option<string>("--url") { Description = "Where to listen", HelpName = "URL", DefaultValueFactory = _ => HostSettings.DefaultUrl };
        var development = new Option<bool>("--development")
        {
            Description = $"Without {AccessKeys.StartVariable} and {AccessKeys.ReadVariable}: make a key for this process and print a link, on loopback only",
        };
        var engine = new Option<string>("--engine") { Description = "Who carries runs: this process, or the workers of a Durable Task hub", DefaultValueFactory = _ => Embedded };
        engine.AcceptOnlyFromAmong(Embedded, DurableTask);
        var command = new Command("serve", "Serve the HTTP API and the status page, and retrain every week") { url, development, engine };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            session, parsed, parsed.GetValue(url)!, parsed.GetValue(development), parsed.GetValue(engine) == DurableTask, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ParseResult parsed, string url, bool development, bool onHub, CancellationToken cancellationToken)
    {
        var settings = Settings(session, url, development);
        await using var app = RetrainingHost.Create(settings, builder => Configure(builder, session, parsed, onHub));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            throw new UsageException($"--url {url}: {error.Message}");
        }

        await session.Streams.Error.WriteLineAsync($"Listening on {string.Join(", ", app.Urls)}");
        if (settings.SignInLink(app.Urls.First()) is { } link)
            await session.Streams.Error.WriteLineAsync($"Status page: {link}");
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Done;
    }

    private static HostSettings Settings(CliSession session, string url, bool development)
    {
        try
        {
            return HostSettings.Create(
                url, development, session.Variables[AccessKeys.ReadVariable] as string, session.Variables[AccessKeys.StartVariable] as string);
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Configure(WebApplicationBuilder builder, CliSession session, ParseResult parsed, bool onHub)
    {
        builder.Logging.ClearProviders();
        session.AddRetraining(builder.Services, parsed);
        if (onHub)
            Hub.AddRuns(builder.Services, session);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning);
        session.Log(builder.Logging, parsed);
    }
}
