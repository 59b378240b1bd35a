using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Retraining.Execution;
using Retraining.Host.Composition;

namespace Retraining.Tests.Host;

public sealed class HostFaultsTests
{
    [Theory]
    [InlineData(0, true)] // no answer
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    public void IsTransient_AnswerOfBlobStorage_IsByItsStatus(int status, bool expected)
    {
        var fault = new RequestFailedException(status, "told");

        Assert.Equal(expected, HostFaults.IsTransient(fault));
        Assert.Equal(expected, HostFaults.IsTransient(new AggregateException(fault, fault)));
    }

    [Fact]
    public void IsTransient_OneOfSeveralIsNot_IsNot() =>
        Assert.False(HostFaults.IsTransient(new AggregateException(new RequestFailedException(503, "busy"), new InvalidOperationException())));

    [Fact]
    public async Task IsTransient_BlobStorageThatStayedAway_Is()
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.Zero, Mode = RetryMode.Fixed } };
        var blob = new BlobClient(new Uri("http://127.0.0.1:1/account/work/file"), options); // nothing listens there

        var fault = await Assert.ThrowsAsync<AggregateException>(() => blob.ExistsAsync());

        Assert.True(HostFaults.IsTransient(fault));
        Assert.Equal("RequestFailedException: Connection refused (127.0.0.1:1)", FaultText.Of(fault));
    }
}
