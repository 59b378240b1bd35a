namespace Retraining.Journal;

/// <summary>The journal cannot take a record, so nothing that happens may count. The run can go on once it can.</summary>
public sealed class JournalWriteException(string message, Exception innerException) : IOException(message, innerException);
