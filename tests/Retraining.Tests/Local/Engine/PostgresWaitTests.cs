using Retraining.Tests.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Local.Engine;

public sealed class PostgresWaitTests(PostgresFixture postgres) : WaitTests(new JournalPlace(postgres)), IClassFixture<PostgresFixture>;
