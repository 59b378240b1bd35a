using Retraining.Operations;

namespace Retraining.Tests.Operations;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("failed for hunter2, again", "failed for ***, again")]
    [InlineData("postgresql://bob:pa55@db:5432/x?a=b", "postgresql://bob:***@db:5432/x?a=b")]
    [InlineData("postgresql://bob:p@ss/w@db/x", "postgresql://bob:***@db/x")]
    [InlineData("Host=db;Password=ab;Port=1", "Host=db;Password=***;Port=1")]
    [InlineData("AccountName=x;AccountKey=Zm9v==;B=1", "AccountName=x;AccountKey=***;B=1")]
    [InlineData("GET /api?code=abcdef&x=1", "GET /api?code=***&x=1")]
    [InlineData("Authorization: Bearer abcdefghijk.lmn", "Authorization: Bearer ***")]
    [InlineData("https://example.org/a:b@c is fine", "https://example.org/a:b@c is fine")]
    [InlineData("nothing here", "nothing here")]
    public void Redact_Text_LosesSecretsOnly(string text, string expected) => Assert.Equal(expected, new SecretText(["hunter2", "abc"]).Redact(text));
}
