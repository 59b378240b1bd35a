using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public sealed class FolderWaitTests() : WaitTests(new JournalPlace());
