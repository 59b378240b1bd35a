using System.Text.Json;
using Retraining.Export;
using Retraining.Host.Models;
using Retraining.Postgres.Serving;
using Retraining.Postgres.Source;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Storage;
using Retraining.Tests.Export;
using Retraining.Tests.Postgres;
using Retraining.Tests.Servers;
using Retraining.Tests.Supabase;

namespace Retraining.Tests.Publish;

/// <summary>A Supabase project with a version in its storage, in a bucket that is not public, whose vectors are live in its database.</summary>
internal sealed class ServedProject : IAsyncDisposable
{
    private const string Bucket = "model-artifacts";

    private readonly PostgresFixture _postgres = new();
    private RestServer _rest = null!;
    private TrainedRun _run = null!;

    public PostgresFixture Database => _postgres;

    public StorageServer Storage { get; private set; } = null!;

    public ProjectGateway Gateway { get; private set; } = null!;

    /// <summary>Users with decisions, in order.</summary>
    public IReadOnlyList<string> Users { get; private set; } = [];

    /// <param name="features"><c>v2</c> or <c>v3</c>.</param>
    public static async Task<ServedProject> StartAsync(string features)
    {
        var project = new ServedProject();
        await project._postgres.InitializeAsync();
        var data = Directory.CreateTempSubdirectory("retrain-project-").FullName;
        try
        {
            project._run = await TrainedRun.CreateAsync(features, folder => Copy(folder, data));
            await new PostgresLoader(project._postgres.Database).LoadAsync(new FolderSource(data), replace: true);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        await project.PublishAsync();
        await project.GoLiveAsync(TrainedRun.Version);
        await project._postgres.ExecuteAsync("grant all on all tables in schema public to service_role"); // as Supabase has it
        project._rest = await RestServer.StartAsync(project._postgres.Database);
        project._rest.Role = "service_role";
        project.Gateway = await ProjectGateway.StartAsync(project._rest, project.Storage);
        project.Users = await project._postgres.ScalarAsync<string[]>("select array_agg(user_id order by user_id) from user_embeddings");
        foreach (var user in project.Users)
            project.Gateway.Tokens[$"token of {user}".Replace(' ', '.')] = user;
        return project;
    }

    /// <summary>Loads the run's vectors under a version and makes it live; only <see cref="TrainedRun.Version"/> has files.</summary>
    public async Task GoLiveAsync(string version)
    {
        await using var index = new PgVectorIndex(_postgres.Database, _run.Settings.Serving, TimeProvider.System);
        await LoadAsync(EmbeddingKind.Videos, await _run.EmbedVideosAsync());
        await LoadAsync(EmbeddingKind.Users, await _run.EmbedUsersAsync());
        await index.ActivateAsync(new() { Version = version, By = "test", ModelPath = $"two-tower/v3/{version}/" }, default);

        Task LoadAsync(EmbeddingKind kind, EmbeddingTable table) => new LoadEmbeddings(_run.Work, _ => index).RunAsync(
            new(kind, version, table, _run.Data.Snapshot, ["like", "swipe_like", "grid_like"], _run.Settings.Serving), _run.Context, default);
    }

    /// <summary>Embeds a user as the HTTP host does, and then writes something else over it.</summary>
    /// <returns>What any client has to come to.</returns>
    public async Task<float[]> EmbedAndForgetAsync(string user)
    {
        using var client = new SupabaseClient(Storage.Project(), TimeProvider.System);
        var store = new SupabaseArtifactStore(client, Bucket);
        var index = new PgVectorIndex(_postgres.Database, _run.Settings.Serving, TimeProvider.System);
        var ids = new IndexedUserIds(() => null);
        using var embedder = new UserEmbedder(_ => index, _ => store, _ => _run.Settings, ids, TimeProvider.System);
        await embedder.RefreshAsync(user, null, default);
        var expected = await EmbeddingAsync(user);
        await ForgetAsync(user);
        return expected;
    }

    public Task ForgetAsync(string id) => _postgres.ExecuteAsync(
        $"update user_embeddings set embedding = (select embedding from video_embeddings order by video_id limit 1) where user_id = '{id}'");

    public Task<float[]> EmbeddingAsync(string id) =>
        _postgres.ScalarAsync<float[]>($"select embedding::vector::real[] from public.user_embeddings where user_id = '{id}'");

    /// <summary>Calls a function as a user, or as nobody.</summary>
    public static async Task<(int Status, JsonElement Body)> AskAsync(Uri function, string? user, HttpMethod? method = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, function);
        if (user is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {$"token of {user}".Replace(' ', '.')}");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _rest.DisposeAsync();
        await Storage.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task PublishAsync()
    {
        Storage = await StorageServer.StartAsync();
        using var client = new SupabaseClient(Storage.Project(), TimeProvider.System);
        var store = new SupabaseArtifactStore(client, Bucket);
        var files = await _run.WriteManifestAsync();
        await new PublishVersion(_run.Work, _ => store).RunAsync(new(files, _run.Settings.Publish), _run.Context, default);
        await new CurrentPointer(store, _run.Settings.Publish.Prefix).MoveAsync(TrainedRun.Version, default);
    }

    private static void Copy(string folder, string target)
    {
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
