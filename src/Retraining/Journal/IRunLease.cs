namespace Retraining.Journal;

/// <summary>The right to carry runs over one journal home. It ends with its process, or where it is disposed.</summary>
public interface IRunLease : IDisposable;
