using Retraining.Configuration;
using Retraining.Operations;

namespace Retraining.Tests.Host;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData(null, "", "http://127.0.0.1:")] // nobody is believed
    [InlineData(null, "127.0.0.1", "https://proxy.example.org/")]
    [InlineData(null, "127.0.0.0/8", "https://proxy.example.org/")]
    [InlineData("https://retrain.example.org/", "", "https://retrain.example.org/")]
    public async Task Start_BehindAProxy_HandsOutAddressesAsTheSettingsSay(string? publicUrl, string proxy, string start)
    {
        var hosting = new HostingSettings { PublicUrl = publicUrl, TrustedProxies = proxy.Length == 0 ? [] : [proxy] };
        await using var host = await HostFixture.StartAsync(settings => settings with { Hosting = hosting });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/retrain");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "proxy.example.org");

        var response = await host.Client().SendAsync(request);

        Assert.StartsWith(start, response.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(start, (await response.JsonAsync()).GetProperty("terminatePostUri").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retrain.example.org", "", "hosting.public_url: \"retrain.example.org\"")]
    [InlineData(null, "my-proxy", "hosting.trusted_proxies: \"my-proxy\", expected an address or a network")]
    public async Task Create_Unusable_SaysWhatIsExpected(string? publicUrl, string proxy, string message)
    {
        var hosting = new HostingSettings { PublicUrl = publicUrl, TrustedProxies = proxy.Length == 0 ? [] : [proxy] };

        var error = await Assert.ThrowsAsync<SettingsException>(() => HostFixture.StartAsync(settings => settings with { Hosting = hosting }));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
