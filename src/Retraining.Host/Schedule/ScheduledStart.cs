namespace Retraining.Host.Schedule;

/// <summary>What became of a scheduled run.</summary>
internal enum ScheduledStart
{
    Started,

    /// <summary>Somebody else started it, or a run that began at about the same time does its work.</summary>
    Served,

    /// <summary>An older run is still in progress, or the start failed: to be tried again.</summary>
    Later,
}
