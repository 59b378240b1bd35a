using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.Host.Composition;
using Retraining.Host.Notifications;

namespace Retraining.Tests.Host.Composition;

public sealed class RetrainingServicesTests
{
    [Fact]
    public void AddRetraining_MailServerThatCannotBeUsed_EndsTheStart()
    {
        var variables = new Dictionary<string, string> { [EmailChannel.Variable] = "mailto:user:hunter2@mail.example.com" };

        var error = Assert.Throws<FormatException>(() =>
            new ServiceCollection().AddRetraining(SettingsResolver.Create(null, variables, []), HostSecrets.From(variables)));

        Assert.StartsWith(EmailChannel.Variable, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
