using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public sealed class FolderReplayTests() : ReplayTests(new JournalPlace());
