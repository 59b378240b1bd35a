using Retraining.Postgres.Source;
using Retraining.Source;

namespace Retraining.Tests.Postgres;

/// <summary>Loads tables for a test that does not look at what is left out.</summary>
internal static class Loading
{
    public static Task<LoadedTables> LoadAsync(this PostgresLoader loader, ISource source, bool replace) =>
        loader.LoadAsync(source, replace, new QuarantineWriter(Stream.Null, showRows: true), CancellationToken.None);
}
