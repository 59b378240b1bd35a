using System.Net;
using Retraining.Host.Keys;

namespace Retraining.Tests.Host;

public sealed class SignInTests
{
    [Fact]
    public async Task Browser_WithoutAKey_IsLedToTheSignInFormAndBack()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        var closed = await client.GetAsync("/models");
        var signedIn = await SignInAsync(client, HostFixture.ReadKey, next: "/models");

        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?next=%2Fmodels"), (closed.StatusCode, closed.Headers.Location?.OriginalString));
        Assert.Equal((HttpStatusCode.Redirect, "/models"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Cookie_OfASignIn_IsHiddenFromScriptsAndOtherSitesAndHoldsNoKey()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);

        var cookie = Assert.Single((await SignInAsync(client, HostFixture.StartKey)).Headers.GetValues("Set-Cookie"));

        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(HostFixture.StartKey, cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData("forged access", 401)]
    [InlineData("after twelve hours", 401)]
    public async Task Cookie_Presented_OpensWhileItIsGenuineAndFresh(string? fault, int code)
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        var cookie = await CookieAsync(client, HostFixture.ReadKey);
        if (fault == "forged access")
            cookie = cookie.Replace("Read.", "Start.", StringComparison.Ordinal);
        if (fault == "after twelve hours")
            host.Time.Now += TimeSpan.FromHours(12);
        client.DefaultRequestHeaders.Add("Cookie", cookie);

        Assert.Equal(code, (int)(await client.GetAsync("/api/runs")).StatusCode);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("http://127.0.0.1:3000", 401)]
    [InlineData("own", 202)]
    public async Task Cookie_FromAnotherPage_StartsNothing(string? origin, int code)
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        client.DefaultRequestHeaders.Add("Cookie", await CookieAsync(client, HostFixture.StartKey));
        if (origin is not null)
            client.DefaultRequestHeaders.Add("Origin", origin == "own" ? host.Url.GetLeftPart(UriPartial.Authority) : origin);

        Assert.Equal(code, (int)(await client.PostAsync("/api/retrain", null)).StatusCode);
    }

    [Fact]
    public async Task SignIn_WrongKey_Is401AndAfterTenTries429()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        var codes = new List<int>();
        for (var i = 0; i < 11; i++)
            codes.Add((int)(await SignInAsync(client, "not a key of this host")).StatusCode);

        Assert.Equal([.. Enumerable.Repeat(401, 10), 429], codes);
    }

    [Theory]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("https://elsewhere.example")]
    [InlineData("")]
    public async Task SignIn_NextLeadsElsewhere_StaysHere(string next)
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        Assert.Equal("/", (await SignInAsync(client, HostFixture.ReadKey, next)).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Page_WithCode_SignsInAndCleansTheAddress()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);

        var response = await client.GetAsync($"/?code={HostFixture.StartKey}");

        Assert.Equal((HttpStatusCode.Redirect, "/"), (response.StatusCode, response.Headers.Location?.OriginalString));
        Assert.StartsWith($"{AccessCookie.Name}=Start.", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient client, string key, string next = "/") =>
        client.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["key"] = key, ["next"] = next }));

    private static async Task<string> CookieAsync(HttpClient client, string key) =>
        Assert.Single((await SignInAsync(client, key)).Headers.GetValues("Set-Cookie")).Split(';')[0];
}
