using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Host.Http;
using Retraining.Host.Keys;
using Retraining.Local.Artifacts;
using Retraining.Operations;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Source;

namespace Retraining.Tests.Host;

/// <summary>The host on a free loopback port, over runs in memory.</summary>
internal sealed class HostFixture : IAsyncDisposable
{
    public const string ReadKey = "read-key-0123456789abcdef";
    public const string StartKey = "start-key-0123456789abcdef";
    public static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-20T12:00:00Z", CultureInfo.InvariantCulture);

    private readonly LogLines _log = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("retrain-host-");

    private HostFixture(
        Func<RetrainingSettings, RetrainingSettings> change, bool realTime, IRunClient? engine, HostSettings? place, Action<IServiceCollection>? services)
    {
        Runs = new InMemoryRuns(Time);
        Index = new InMemoryIndex(Time);
        Store = new LocalArtifactStore(_folder.FullName);
        App = RetrainingHost.Create(
            place ?? Loopback,
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Trace);
                builder.Services.AddSingleton(realTime ? TimeProvider.System : Time).AddSingleton(engine ?? Runs);
                builder.Services.AddSingleton<ResolveSettings>(overrides => change(Resolve(overrides))).AddSingleton<IArtifactStore>(Store);
                builder.Services.AddSingleton(new Announcer([], new SecretText([]), Time, NullLogger<Announcer>.Instance));
                if (place is { OwnTimer: false })
                    builder.Services.AddSingleton<InnerServer>().AddSingleton<IServer>(provider => provider.GetRequiredService<InnerServer>());
                services?.Invoke(builder.Services);
                builder.Services.AddSingleton<ReadPseudonymKey>(() => null);
                builder.Services.AddSingleton<OpenVectorIndex>(_ => Index).AddSingleton<OpenPublishStore>(_ => Store);
            });
    }

    /// <summary>A free port of this machine.</summary>
    public static HostSettings Loopback => new() { Url = "http://127.0.0.1:0", Keys = new AccessKeys(ReadKey, StartKey) };

    public FakeTime Time { get; } = new(Start);

    public InMemoryRuns Runs { get; }

    public InMemoryIndex Index { get; }

    /// <summary>Work and publish store in one.</summary>
    public LocalArtifactStore Store { get; }

    public WebApplication App { get; }

    public Uri Url => new(App.Urls.First());

    public IEnumerable<string> Logged => _log.Lines;

    /// <param name="change">Changes the settings in force.</param>
    /// <param name="realTime">Uses the machine's clock instead of <see cref="Time"/>.</param>
    /// <param name="engine">Carries runs instead of <see cref="Runs"/>.</param>
    /// <param name="place">Listens there instead of on <see cref="Loopback"/>.</param>
    /// <param name="services">Adds to what the host is composed of.</param>
    public static async Task<HostFixture> StartAsync(
        Func<RetrainingSettings, RetrainingSettings>? change = null, bool realTime = false, IRunClient? engine = null, HostSettings? place = null,
        Action<IServiceCollection>? services = null)
    {
        var host = new HostFixture(change ?? (settings => settings), realTime, engine, place, services);
        await host.App.StartAsync();
        return host;
    }

    /// <param name="key">Sent as <c>x-functions-key</c>; null sends none.</param>
    public HttpClient Client(string? key = StartKey)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1), // a busy machine may take longer than the second that is usual
        };
        var client = new HttpClient(handler) { BaseAddress = Url };
        if (key is not null)
            client.DefaultRequestHeaders.Add("x-functions-key", key);
        return client;
    }

    /// <summary>A version without files, whole as far as its manifest goes.</summary>
    public async Task PublishEmptyAsync(string version)
    {
        var manifest = $$"""{"version":"{{version}}","created_at":"2026-11-20T12:00:00Z","input_schema_version":3,"embedding_dim":128,"files":[]}""";
        await Store.WriteAsync(
            $"two-tower/v3/{version}/manifest.json", async (stream, ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(manifest), ct),
            WriteOptions.Immutable, default);
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(); // lets a scheduled start that has begun come to its end
        await App.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // Knows one key, so that a test sees overrides laid over and a wrong key refused.
    private static RetrainingSettings Resolve(JsonElement? overrides)
    {
        var settings = new RetrainingSettings();
        foreach (var section in overrides?.EnumerateObject() ?? [])
        {
            if (section.Name != "training" || !section.Value.TryGetProperty("epochs", out var epochs))
                throw new FormatException($"{section.Name}: no such key, expected training.epochs");
            settings = settings with { Training = settings.Training with { Epochs = epochs.GetInt32() } };
        }

        return settings;
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
