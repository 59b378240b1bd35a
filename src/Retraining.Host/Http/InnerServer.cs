using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Retraining.Host.Http;

/// <summary>A server without a socket: requests come from another application (an HTTP function) and are answered on the connection that it holds.</summary>
public sealed class InnerServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = features => ProcessAsync(application, features);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Answers a request of the other application.</summary>
    public Task AnswerAsync(HttpContext outer)
    {
        if (outer.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = RetrainingHost.MaxBodyBytes;
        // What belongs to the connection; routing, services and identity are this application's own.
        var features = new FeatureCollection();
        Copy<IHttpRequestFeature>(outer, features);
        Copy<IHttpRequestIdentifierFeature>(outer, features);
        Copy<IHttpRequestLifetimeFeature>(outer, features);
        Copy<IHttpConnectionFeature>(outer, features);
        Copy<IHttpResponseFeature>(outer, features);
        Copy<IHttpResponseBodyFeature>(outer, features);
        return _process?.Invoke(features) ?? throw new InvalidOperationException("a request came before the service was started");
    }

    public void Dispose()
    {
    }

    private static async Task ProcessAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection features)
        where TContext : notnull
    {
        var context = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception error)
        {
            application.DisposeContext(context, error);
            throw;
        }

        application.DisposeContext(context, null);
    }

    private static void Copy<TFeature>(HttpContext from, FeatureCollection to)
        where TFeature : class
    {
        if (from.Features.Get<TFeature>() is { } feature)
            to.Set(feature);
    }
}
