using Retraining.Operations;

namespace Retraining.Tests.Host;

/// <summary>A channel that keeps what it is told.</summary>
internal sealed class RecordingChannel : INotificationChannel
{
    public List<string> Subjects { get; } = [];

    public List<string> Texts { get; } = [];

    public Func<Task<string?>> Answer { get; init; } = () => Task.FromResult<string?>(null);

    public string Name => "recording";

    public bool IsConfigured(NotificationSettings settings) => true;

    public Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        Subjects.Add(subject);
        Texts.Add(text);
        return Answer();
    }
}
