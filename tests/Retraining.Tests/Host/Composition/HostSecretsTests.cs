using Retraining.Host.Composition;

namespace Retraining.Tests.Host.Composition;

public sealed class HostSecretsTests
{
    [Fact]
    public void Redaction_PartsOfSecrets_AreTakenOutToo()
    {
        var secrets = HostSecrets.From(new Dictionary<string, string>
        {
            ["DATABASE_URL"] = "postgresql://bob:s3cret%20word@db/x",
            ["AZURE_STORAGE_CONNECTION_STRING"] = "AccountName=devstoreaccount1;AccountKey=Zm9vYmFy==;BlobEndpoint=http://127.0.0.1:1/",
            ["RETRAIN_WEBHOOK_URL"] = "https://hooks.example.org/T0/B0",
        });

        var text = secrets.Redaction().Redact("bob used \"s3cret word\" (s3cret%20word), key Zm9vYmFy==, hook https://hooks.example.org/T0/B0 at devstoreaccount1");

        Assert.Equal("bob used \"***\" (***), key ***, hook *** at devstoreaccount1", text);
    }

    [Fact]
    public void Redaction_DsnThatCannotBeRead_IsStillTakenOut() =>
        Assert.Equal("***", HostSecrets.From(new Dictionary<string, string> { ["DATABASE_URL"] = "no dsn at all" }).Redaction().Redact("no dsn at all"));
}
