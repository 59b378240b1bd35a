using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public sealed class FolderControlTests() : ControlTests(new JournalPlace());
