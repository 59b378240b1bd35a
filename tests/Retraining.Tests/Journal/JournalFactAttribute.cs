using Xunit.Sdk;

namespace Retraining.Tests.Journal;

/// <summary>A test that runs over every home of journals; skipped in classes over PostgreSQL where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Retraining.Tests.Journal." + nameof(JournalFactDiscoverer), "Retraining.Tests")]
internal sealed class JournalFactAttribute : FactAttribute;
