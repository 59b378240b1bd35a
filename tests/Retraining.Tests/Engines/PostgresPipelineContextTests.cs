using Retraining.Tests.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Engines;

public sealed class PostgresPipelineContextTests(PostgresFixture postgres)
    : PipelineContextTests(new EmbeddedRig(new JournalPlace(postgres))), IClassFixture<PostgresFixture>;
