using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Retraining.Tests.Telemetry.Otlp;

namespace Retraining.Tests.Telemetry;

/// <summary>Takes what exporters send over HTTP or gRPC, as a collector does, and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcHeader = 5;
    private readonly WebApplication _app;

    private OtlpReceiver(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        _app = builder.Build();
        _app.MapPost("/{**path}", TakeAsync);
    }

    public Uri Url => new(_app.Urls.First());

    /// <summary>What came, as it came: path, headers, message.</summary>
    public ConcurrentQueue<(string Path, Dictionary<string, string> Headers, byte[] Message)> Taken { get; } = new();

    public IEnumerable<Span> Spans => Messages("trace", ExportTraceServiceRequest.Parser)
        .SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans);

    public IEnumerable<Metric> Metrics => Messages("metrics", ExportMetricsServiceRequest.Parser)
        .SelectMany(request => request.ResourceMetrics).SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics);

    public IEnumerable<LogRecord> Logs => Messages("logs", ExportLogsServiceRequest.Parser)
        .SelectMany(request => request.ResourceLogs).SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords);

    public IEnumerable<Resource> Resources => Messages("trace", ExportTraceServiceRequest.Parser)
        .SelectMany(request => request.ResourceSpans).Select(spans => spans.Resource);

    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocol)
    {
        var receiver = new OtlpReceiver(protocol);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IEnumerable<T> Messages<T>(string signal, MessageParser<T> parser)
        where T : IMessage<T> =>
        from taken in Taken
        where taken.Path.Contains(signal, StringComparison.OrdinalIgnoreCase)
        select parser.ParseFrom(taken.Message);

    private async Task TakeAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer);
        var grpc = http.Request.ContentType == "application/grpc";
        var headers = http.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        Taken.Enqueue((http.Request.Path, headers, grpc ? buffer.ToArray()[GrpcHeader..] : buffer.ToArray()));
        if (!grpc)
        {
            http.Response.ContentType = "application/x-protobuf";
            return;
        }

        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[GrpcHeader]); // an empty message
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
