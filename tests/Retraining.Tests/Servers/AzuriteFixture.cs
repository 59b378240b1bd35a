namespace Retraining.Tests.Servers;

/// <summary>A container name of its own for one test class. Use it as a class fixture together with <see cref="AzuriteFactAttribute"/>.</summary>
public sealed class AzuriteFixture
{
    public string Container { get; } = "test-" + Guid.NewGuid().ToString("N");

    public string ConnectionString { get; } = LocalServer.Azurite.Reason is null ? LocalServer.Azurite.Address : "";
}
