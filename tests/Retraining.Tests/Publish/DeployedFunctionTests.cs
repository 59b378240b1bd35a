using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Retraining.Tests.Documentation;
using Retraining.Tests.Export;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Publish;

/// <summary>
/// The functions of <c>samples/edge-function</c> as they are deployed: opened from the environment, over HTTP, in front of a project that
/// speaks Supabase's protocols over a real database.
/// </summary>
public sealed class DeployedFunctionTests
{
    /// <summary>Why stands in the function's log alone.</summary>
    private const string NoEmbedding = """{"error":"no fresh embedding at the moment"}""";

    [PostgresFact]
    public async Task Functions_InNode_EmbedRecommendAndSurviveWhatIsDown()
    {
        await using var project = await ServedProject.StartAsync("v3");
        await using var functions = await FunctionProcess.NodeAsync(project.Gateway);
        var (update, recommend) = (new Uri(functions.Address, "update_user_embedding"), new Uri(functions.Address, "recommendations?k=5"));
        await AssertServedAsync(project, update, recommend);

        // A loaded model goes on without the store; another version's cannot be had; back at the first, it is still there.
        var user = project.Users[1];
        project.Gateway.Down.Add("storage");
        Assert.Equal(200, (await ServedProject.AskAsync(update, user, HttpMethod.Post)).Status);
        await project.GoLiveAsync("20260608_000000");
        var weekly = await project.EmbeddingAsync(user);
        var refused = await ServedProject.AskAsync(update, user, HttpMethod.Post);
        Assert.Equal((503, 200), (refused.Status, (await ServedProject.AskAsync(recommend, user)).Status));
        Assert.Equal(NoEmbedding, refused.Body.GetRawText());
        await functions.LogLineAsync("update_user_embedding Error: 20260608_000000/manifest.json: HTTP 503");
        Assert.Equal(weekly, await project.EmbeddingAsync(user));
        await project.GoLiveAsync(TrainedRun.Version);
        Assert.Equal(200, (await ServedProject.AskAsync(update, user, HttpMethod.Post)).Status);

        project.Gateway.Down.Add("auth");
        Assert.Equal(503, (await ServedProject.AskAsync(update, user, HttpMethod.Post)).Status);
        var popular = await ServedProject.AskAsync(recommend, user: null);
        Assert.Equal(popular.Body.GetRawText(), (await ServedProject.AskAsync(recommend, user)).Body.GetRawText());
        project.Gateway.Down.Add("rest");
        Assert.Equal(503, (await ServedProject.AskAsync(recommend, user)).Status);
    }

    [PostgresFact]
    public async Task Update_FileThatIsNotTheManifests_IsRefusedAtTheColdStart()
    {
        await using var project = await ServedProject.StartAsync("v2");
        var user = project.Users[0];
        var weekly = await project.EmbeddingAsync(user);
        project.Storage.Files[$"model-artifacts/two-tower/v3/{TrainedRun.Version}/user_tower.onnx"].Content[^1] ^= 1;
        await using var functions = await FunctionProcess.NodeAsync(project.Gateway);

        var (status, body) = await ServedProject.AskAsync(new Uri(functions.Address, "update_user_embedding"), user, HttpMethod.Post);

        Assert.Equal(503, status);
        Assert.Equal(NoEmbedding, body.GetRawText());
        var line = await functions.LogLineAsync("update_user_embedding Error: ");
        Assert.Matches(" user_tower.onnx: sha256 [0-9a-f]{64}, expected [0-9a-f]{64}$", line);
        Assert.Equal(weekly, await project.EmbeddingAsync(user));
    }

    [PostgresFact]
    public async Task Functions_VersionOfPseudonyms_KnowUsersByTheKeyAndWriteNoId()
    {
        const string Key = "a key of sixteen bytes or more";
        await using var project = await ServedProject.StartAsync("v3");
        var user = project.Users[0];
        var expected = await project.EmbedAndForgetAsync(user);
        foreach (var id in project.Users)
            await project.Database.ExecuteAsync($"update public.user_embeddings set user_id = '{Pseudonym(id)}' where user_id = '{id}'");
        await project.Database.ExecuteAsync("update two_tower.generation_tables set pseudonymised = true");
        await using var keyed = await FunctionProcess.NodeAsync(project.Gateway, KeyValuePair.Create("RETRAIN_PSEUDONYM_KEY", Key));
        await using var keyless = await FunctionProcess.NodeAsync(project.Gateway, KeyValuePair.Create("RETRAIN_PSEUDONYM_KEY", ""));

        var stored = await ServedProject.AskAsync(new Uri(keyed.Address, "update_user_embedding"), user, HttpMethod.Post);
        var refused = await ServedProject.AskAsync(new Uri(keyless.Address, "update_user_embedding"), user, HttpMethod.Post);
        var personal = await ServedProject.AskAsync(new Uri(keyed.Address, "recommendations"), user);
        var popular = await ServedProject.AskAsync(new Uri(keyless.Address, "recommendations"), user);

        Assert.Equal((200, 503), (stored.Status, refused.Status));
        AssertClose(expected, await project.EmbeddingAsync(Pseudonym(user)));
        Assert.Equal(NoEmbedding, refused.Body.GetRawText());
        await keyless.LogLineAsync("RETRAIN_PSEUDONYM_KEY is not set");
        Assert.NotEqual(popular.Body.GetProperty("items").GetRawText(), personal.Body.GetProperty("items").GetRawText());
        var ids = await project.Database.ScalarAsync<string[]>("select array_agg(user_id) from user_embeddings");
        Assert.Equal(project.Users.Select(Pseudonym).Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));

        string Pseudonym(string id) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(id)));
    }

    [DenoFact]
    public async Task Functions_InDeno_EmbedByItsNativeRuntimeFromAPublicAddressAndRecommend()
    {
        await using var project = await ServedProject.StartAsync("v2");
        project.Storage.Buckets["model-artifacts"] = true;
        const string Prefix = "storage/v1/object/public/model-artifacts/two-tower/v3/";
        var store = KeyValuePair.Create("MODEL_ARTIFACT_BASE_URL", $"{project.Gateway.Address}/{Prefix}current");
        await using var update = await FunctionProcess.DenoAsync(project.Gateway, "update_user_embedding", store);
        await using var recommend = await FunctionProcess.DenoAsync(project.Gateway, "recommendations", store);

        await AssertServedAsync(project, update.Address, new Uri(recommend.Address, "?k=5"));

        Assert.Contains($"{Prefix}{TrainedRun.Version}/user_tower.onnx", project.Gateway.Requests);
        Assert.Equal(1, update.Text.Split('\n').Count(line => line == "native session"));
    }

    [DenoFact]
    public async Task Sample_InDeno_HasTypesThatFit()
    {
        var sample = Path.Combine(RepositoryFolder.Path, "samples", "edge-function");
        var start = FunctionProcess.Deno(
            await NodeClient.FolderAsync(), "check", "--config", "deno.json",
            Path.Combine(sample, "update_user_embedding", "index.ts"), Path.Combine(sample, "recommendations", "index.ts"));
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var text = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, text);
    }

    private static async Task AssertServedAsync(ServedProject project, Uri update, Uri recommend)
    {
        var user = project.Users[0];
        var expected = await project.EmbedAndForgetAsync(user);

        var stored = await ServedProject.AskAsync(update, user, HttpMethod.Post);
        Assert.Equal((200, TrainedRun.Version), (stored.Status, stored.Body.GetProperty("version").GetString()));
        AssertClose(expected, await project.EmbeddingAsync(user));
        Assert.Equal(401, (await ServedProject.AskAsync(update, null, HttpMethod.Post)).Status);
        Assert.Equal(401, (await ServedProject.AskAsync(update, "somebody else", HttpMethod.Post)).Status);
        Assert.Equal(405, (await ServedProject.AskAsync(update, user)).Status);

        var personal = await ServedProject.AskAsync(recommend, user);
        var popular = await ServedProject.AskAsync(recommend, user: null);
        Assert.Equal((200, user), (personal.Status, personal.Body.GetProperty("user_id").GetString()));
        Assert.Equal(5, personal.Body.GetProperty("items").GetArrayLength());
        Assert.Equal(5, popular.Body.GetProperty("items").GetArrayLength());
        Assert.NotEqual(popular.Body.GetProperty("items").GetRawText(), personal.Body.GetProperty("items").GetRawText());
        Assert.Equal(204, (await ServedProject.AskAsync(recommend, null, HttpMethod.Options)).Status);

        const string Store = "/model-artifacts/two-tower/v3/";
        var read = project.Gateway.Requests.Where(path => path.Contains(Store, StringComparison.Ordinal))
            .Select(path => path[(path.IndexOf(Store, StringComparison.Ordinal) + Store.Length)..]).ToList();
        Assert.Equal("current/manifest.json", read[0]);
        Assert.All(read[1..], path => Assert.StartsWith($"{TrainedRun.Version}/", path, StringComparison.Ordinal));
    }

    // Two clients at two moments, into halves of 11 bits.
    private static void AssertClose(float[] expected, float[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 2e-3f));
}
