using Retraining.Tests.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Local.Engine;

public sealed class PostgresReplayTests(PostgresFixture postgres) : ReplayTests(new JournalPlace(postgres)), IClassFixture<PostgresFixture>;
