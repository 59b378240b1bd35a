using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using Retraining.Host.Composition;
using Retraining.Operations;

namespace Retraining.Tests.Host.Composition;

public sealed class RedactingProcessorTests
{
    [Fact]
    public void OnEnd_SecretInMessageValueAndFault_LeavesNoneForTheExporter()
    {
        using var seen = new Seen();
        using (var logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddProcessor(new RedactingProcessor(new SecretText(["hunter2"]))).AddProcessor(seen);
        })))
            Write(logging.CreateLogger("test"), new IOException("no hunter2"), "hunter2");

        Assert.DoesNotContain("hunter2", seen.Text, StringComparison.Ordinal);
        Assert.Contains("password *** is wrong", seen.Text, StringComparison.Ordinal);
        Assert.Contains("no ***", seen.Text, StringComparison.Ordinal);
    }

    private static void Write(ILogger logger, Exception fault, string password) =>
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(1), "password {Password} is wrong")(logger, password, fault);

    private sealed class Seen : BaseProcessor<LogRecord>
    {
        public string Text { get; private set; } = "";

        public override void OnEnd(LogRecord data) =>
            Text = $"{data.FormattedMessage} {data.Body} {data.Exception} {string.Join(' ', data.Attributes!.Select(value => $"{value.Key}={value.Value}"))}";
    }
}
