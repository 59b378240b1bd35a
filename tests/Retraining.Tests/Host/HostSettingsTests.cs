using Retraining.Host.Http;
using Retraining.Host.Keys;

namespace Retraining.Tests.Host;

public sealed class HostSettingsTests
{
    [Fact]
    public void Create_NoKey_Refuses()
    {
        var error = Assert.Throws<FormatException>(() => HostSettings.Create("http://127.0.0.1:7071", development: false, null, ""));
        Assert.Contains("RETRAIN_START_KEY", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7071")]
    [InlineData("http://[::]:7071")]
    [InlineData("http://*:7071")]
    [InlineData("http://192.168.1.4:7071")]
    public void Create_DevelopmentReachableFromElsewhere_Refuses(string url) =>
        Assert.Throws<FormatException>(() => HostSettings.Create(url, development: true, null, null));

    [Theory]
    [InlineData("http://127.0.0.1:7071")]
    [InlineData("http://localhost:7071")]
    [InlineData("http://[::1]:7071")]
    public void Create_DevelopmentOnLoopback_MakesAKeyForThisProcess(string url)
    {
        var settings = HostSettings.Create(url, development: true, null, null);
        var key = settings.MadeKey!;

        Assert.Equal(64, key.Length);
        Assert.Equal(Access.Start, settings.Keys.Match(key));
        Assert.NotEqual(key, HostSettings.Create(url, development: true, null, null).MadeKey);
        Assert.Equal($"http://127.0.0.1:5000/?code={key}", settings.SignInLink("http://127.0.0.1:5000"));
    }

    [Fact]
    public void Create_ConfiguredKeys_AreTheOnlyOnes()
    {
        var settings = HostSettings.Create("http://0.0.0.0:7071", development: false, HostFixture.ReadKey, HostFixture.StartKey);

        Assert.Null(settings.MadeKey);
        Assert.Equal(Access.Read, settings.Keys.Match(HostFixture.ReadKey));
        Assert.Equal(Access.Start, settings.Keys.Match(HostFixture.StartKey));
        Assert.Null(settings.Keys.Match(""));
        Assert.Null(settings.Keys.Match(HostFixture.ReadKey[..^1]));
    }

    [Theory]
    [InlineData("short", null, "RETRAIN_READ_KEY has 5 characters, expected at least 16")]
    [InlineData(HostFixture.ReadKey, HostFixture.ReadKey, "are the same")]
    public void Create_UnusableKeys_RefusesWithoutShowingThem(string? read, string? start, string expected)
    {
        var error = Assert.Throws<FormatException>(() => HostSettings.Create("http://127.0.0.1:1", development: true, read, start));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(read!, error.Message, StringComparison.Ordinal);
    }
}
