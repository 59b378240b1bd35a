using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

internal static class VerifyCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Option<string?>("--version") { Description = "Version to verify (default: the live one)", HelpName = "VERSION" };
        var target = new Option<string[]>("--target")
        {
            Description = "store, index or both: where to look (default: both)",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["store", "index"],
        }.AcceptOnlyFromAmong("store", "index");
        var command = new Command("verify", "Read a published version back: files, widths, golden payloads, rows, vectors, recall of the index") { version, target };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(session, parsed.GetValue(version), parsed.GetValue(target)!.Contains("index"), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? version, bool withIndex, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (version is not null && !VersionName.IsValid(version))
            throw new UsageException($"--version {version}, expected yyyyMMdd_HHmmss");
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        var store = services.GetRequiredService<OpenPublishStore>()(settings.Publish);
        version ??= (await new ModelStore(store, settings.Publish.Prefix).ReadReigningAsync(cancellationToken))?.Version
            ?? throw new IOException($"{store.Location}: no manifest of a live version, expected one");

        await using var index = withIndex ? services.GetRequiredService<OpenVectorIndex>()(settings.Serving) : null;
        var report = await new VersionVerifier(store, settings.Publish, index, settings.Serving.MinAnnRecall).RunAsync(version, cancellationToken);
        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(report));
        else
            await WriteAsync(session.Streams.Out, report);
        return report.Passed ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task WriteAsync(TextWriter writer, VerificationReport report)
    {
        var table = Tables.With("check", "verdict", "looked at");
        foreach (var check in report.Checks)
            table.Row(check.Name, check.Passed ? "as it should be" : $"{check.Faults.Count} faults", check.Detail);
        Tables.Console(writer).Write(table);
        foreach (var fault in report.Faults)
            await writer.WriteLineAsync(fault);
        await writer.WriteLineAsync($"{report.Version}: {(report.Passed ? "as published" : "not as it should be")}");
    }
}
