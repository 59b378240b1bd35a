using Retraining.Tests.Journal;

namespace Retraining.Tests.Engines;

public sealed class FolderPipelineContextTests() : PipelineContextTests(new EmbeddedRig(new JournalPlace()));
