using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Notifications;
using Retraining.Host.Schedule;
using Retraining.Journal;
using Retraining.Local.Artifacts;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Postgres.Serving;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Storage;

namespace Retraining.Host.Composition;

/// <summary>The composition root: stages, their ports and the embedded engine, as the settings and the environment say.</summary>
public static class RetrainingServices
{
    /// <param name="services">Gets everything that a run needs. A clock that is already there stays.</param>
    /// <param name="settings">Settings and the overrides of single runs.</param>
    /// <param name="secrets">The environment's.</param>
    /// <exception cref="SettingsException">The settings cannot be used.</exception>
    /// <exception cref="FormatException">An address in the environment cannot be used.</exception>
    public static IServiceCollection AddRetraining(this IServiceCollection services, SettingsResolver settings, HostSecrets secrets)
    {
        var inForce = settings.Resolve(overrides: null);
        services.AddLogging(logging => TelemetryExport.AddLogs(logging, secrets.Redaction()));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(secrets);
        services.AddSingleton(secrets.Redaction());
        services.AddSingleton(inForce);
        services.AddSingleton<ResolveSettings>(settings.Resolve);
        services.AddSingleton<ServiceDatabase>();
        services.AddPorts(secrets, inForce.Engine);
        if (inForce.Engine.Journal == "postgres")
            services.AddSharedJournals(ServiceDatabase.ConnectionString(secrets));
        services.AddSingleton(StageRegistration.Create);
        services.AddSingleton(_ => TelemetryExport.FromEnvironment());
        services.AddSingleton(provider =>
        {
            provider.GetRequiredService<TelemetryExport>(); // listens before the first run, and is disposed after the engine
            return new LocalEngine(new EngineServices
            {
                Settings = inForce.Engine,
                Journals = provider.GetService<IJournalHome>(),
                Work = provider.GetRequiredService<IArtifactStore>(),
                Stages = provider.GetRequiredService<StageRegistry>(),
                Logging = provider.GetRequiredService<ILoggerFactory>(),
                Time = provider.GetRequiredService<TimeProvider>(),
                Announcer = provider.GetRequiredService<Announcer>(),
                IsTransient = HostFaults.IsTransient,
                Secrets = provider.GetRequiredService<SecretText>(),
            });
        });
        services.AddSingleton<IRunClient>(provider => provider.GetRequiredService<LocalEngine>());
        return services;
    }

    private static void AddSharedJournals(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(new SharedSchedule(connectionString));
        services.AddSingleton<IJournalHome>(provider => new PostgresJournalHome(connectionString, provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddPorts(this IServiceCollection services, HostSecrets secrets, EngineSettings engine)
    {
        services.AddSingleton(_ => engine.Store switch
        {
            "folder" => new LocalArtifactStore(engine.Folder),
            "azure-blob" => new BlobAccount(secrets.AzureConnectionString, secrets.AzureBlobUrl).Open(engine.Container, "engine.store"),
            var kind => throw Unknown("engine.store", kind, "folder, azure-blob"),
        });
        services.AddSingleton<ReadPseudonymKey>(() => secrets.PseudonymKey);
        services.AddSingleton(_ => new HttpClient());
        services.AddSingleton<ReadSecret>(variable => secrets[variable]);
        if (secrets[EmailChannel.Variable] is { } mailServer && EmailChannel.Mistake(mailServer) is { } mistake)
            throw new FormatException(mistake); // now, not when there is something to tell
        services.AddSingleton<INotificationChannel, WebhookChannel>().AddSingleton<INotificationChannel, EmailChannel>().AddSingleton<Announcer>();
#if PARQUET_NET
        ParquetNet.ParquetNetServices.AddParquetNet(services);
#endif
        services.AddSingleton<ConfiguredSources>();
        services.AddSingleton<OpenSource>(provider => provider.GetRequiredService<ConfiguredSources>().Open);
        services.AddSingleton<OpenPublishStore>(provider => settings => settings.Kind switch
        {
            "folder" => new LocalArtifactStore(settings.Folder),
            "azure-blob" => new BlobAccount(secrets.AzureConnectionString, secrets.AzureBlobUrl).Open(settings),
            "supabase" => new SupabaseArtifactStore(
                new SupabaseClient(new SupabaseProject(secrets.SupabaseUrl, secrets.SupabaseKey), provider.GetRequiredService<TimeProvider>()), settings.Container),
            var kind => throw Unknown("publish.kind", kind, "folder, azure-blob, supabase"),
        });
        services.AddSingleton<OpenVectorIndex>(provider => settings => settings.Kind switch
        {
            "pgvector" => new PgVectorIndex(
                provider.GetRequiredService<ServiceDatabase>().Pool, settings, provider.GetRequiredService<TimeProvider>()),
            "file" => new FileVectorIndex(settings, provider.GetRequiredService<TimeProvider>()),
            var kind => throw Unknown("serving.kind", kind, "pgvector, file"),
        });
    }

    private static PermanentStageException Unknown(string key, string found, string expected) =>
        new($"{key}: \"{found}\", expected one of {expected}");
}
