using Microsoft.Extensions.Logging;

namespace Retraining.Operations;

/// <summary>Tells people over every channel that is set up. A channel that fails or hangs is noted and stops nothing.</summary>
public sealed class Announcer(IEnumerable<INotificationChannel> channels, SecretText secrets, TimeProvider time, ILogger<Announcer> logger)
{
    /// <summary>Longest time for all channels together, which are told side by side.</summary>
    internal TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);

    /// <param name="outcome">One of <see cref="NotificationSettings.On"/>.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">What a person needs to act.</param>
    public async Task<Notification> TellAsync(
        string outcome, string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        logger.Announced($"{subject}\n{text}");
        List<string> delivered = ["log"], failed = [];
        if (settings.On.Contains(outcome, StringComparer.OrdinalIgnoreCase))
        {
            // Side by side: one that hangs costs its own limit, and nobody else's.
            var wanted = channels.Where(channel => channel.IsConfigured(settings)).ToList();
            var failures = await Task.WhenAll(wanted.Select(channel => TellAsync(channel, subject, text, settings, cancellationToken)));
            foreach (var (channel, failure) in wanted.Zip(failures))
            {
                if (failure is null)
                {
                    delivered.Add(channel.Name);
                    continue;
                }

                logger.ChannelFailed(channel.Name, failure);
                failed.Add($"{channel.Name}: {failure}");
            }
        }

        return new Notification { Delivered = delivered, Failed = failed };
    }

    private async Task<string?> TellAsync(
        INotificationChannel channel, string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // Waited for from outside: a channel that does not listen to its token holds up nothing either.
            var (clean, body) = (secrets.Redact(subject), secrets.Redact(text));
            var sending = Task.Run(() => channel.SendAsync(clean, body, settings, either.Token), either.Token);
            return await sending.WaitAsync(either.Token) is { } failure ? secrets.Redact(failure) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Limit.TotalSeconds:F0} s";
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return secrets.Redact($"{error.GetType().Name}: {error.Message}");
        }
    }
}
