using Npgsql;
using Retraining.Postgres;

namespace Retraining.Tests.Postgres;

public sealed class PostgresDsnTests
{
    [Fact]
    public void ToConnectionString_LibpqUri_GivesEachPart()
    {
        var text = PostgresDsn.ToConnectionString("postgresql://ann%40x:p%2Fw@db.example:6543/shop?sslmode=verify-full&connect_timeout=7");

        var builder = new NpgsqlConnectionStringBuilder(text);
        Assert.Equal(("db.example", 6543, "shop"), (builder.Host, builder.Port, builder.Database));
        Assert.Equal(("ann@x", "p/w"), (builder.Username, builder.Password));
        Assert.Equal((SslMode.VerifyFull, 7), (builder.SslMode, builder.Timeout));
    }

    [Fact]
    public void ToConnectionString_NpgsqlForm_IsKept() =>
        Assert.Equal("h", new NpgsqlConnectionStringBuilder(PostgresDsn.ToConnectionString("Host=h;Username=u")).Host);

    [Theory]
    [InlineData("postgresql://u:secret@")]
    [InlineData("nonsense secret")]
    [InlineData("postgresql://u:secret@h/d?no_such_key=1")]
    public void ToConnectionString_Unreadable_SaysWhatIsExpectedWithoutTheSecret(string dsn)
    {
        var error = Assert.Throws<FormatException>(() => PostgresDsn.ToConnectionString(dsn));
        Assert.Contains("postgresql://user:password@host", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Servers.PostgresFact]
    public async Task ToConnectionString_RealServer_ConnectsAndHasPgvector()
    {
        await using var database = NpgsqlDataSource.Create(PostgresDsn.ToConnectionString(Servers.LocalServer.Postgres.Address));
        await using var command = database.CreateCommand("select count(*) from pg_available_extensions where name = 'vector'");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }
}
