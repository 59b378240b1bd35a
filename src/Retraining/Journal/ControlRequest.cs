using System.Text.Json;

namespace Retraining.Journal;

/// <summary>What somebody asks of the process that carries a run.</summary>
/// <param name="Kind">One of <see cref="Terminate"/>, <see cref="Suspend"/>, <see cref="Resume"/>, <see cref="Raise"/>.</param>
/// <param name="Reason">For people.</param>
/// <param name="EventName">For <see cref="Raise"/>.</param>
/// <param name="Value">For <see cref="Raise"/>.</param>
public sealed record ControlRequest(string Kind, string? Reason, string? EventName = null, JsonElement? Value = null)
{
    public const string Terminate = "terminate";
    public const string Suspend = "suspend";
    public const string Resume = "resume";
    public const string Raise = "raise";
}
