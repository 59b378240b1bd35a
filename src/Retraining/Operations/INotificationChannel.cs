namespace Retraining.Operations;

/// <summary>One way of reaching people.</summary>
public interface INotificationChannel
{
    /// <summary><c>webhook</c>, <c>email</c>.</summary>
    string Name { get; }

    /// <summary>Whether the environment and the settings say where to send to.</summary>
    bool IsConfigured(NotificationSettings settings);

    /// <returns>Why it failed, without secrets, or null. It does not throw for what the other side does.</returns>
    Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken);
}
