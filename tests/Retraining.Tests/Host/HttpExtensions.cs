using System.Net;
using System.Text;
using System.Text.Json;

namespace Retraining.Tests.Host;

internal static class HttpExtensions
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path) => await (await client.GetAsync(path)).JsonAsync();

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Waits for a run to end.</summary>
    public static async Task EndOfAsync(this HttpClient client, string runId, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        while ((await client.GetJsonAsync($"/api/runs/{runId}")).GetProperty("status").GetString() == "Running")
            await Task.Delay(TimeSpan.FromMilliseconds(200), late.Token);
    }

    /// <summary>The JSON within a JSON text.</summary>
    public static JsonElement Nested(this JsonElement text) => JsonDocument.Parse(text.GetString()!).RootElement;

    public static IEnumerable<string> Names(this JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    /// <summary>Problem+json with this code; returns its detail.</summary>
    public static async Task<string?> ProblemAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.JsonAsync();
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        return problem.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
    }
}
