using Retraining.Tests.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Local.Engine;

public sealed class PostgresControlTests(PostgresFixture postgres) : ControlTests(new JournalPlace(postgres)), IClassFixture<PostgresFixture>;
