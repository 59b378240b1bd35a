namespace Retraining.Tests.Journal;

public sealed class FolderJournalHomeTests() : JournalHomeTests(new JournalPlace());
