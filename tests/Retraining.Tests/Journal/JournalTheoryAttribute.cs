using Xunit.Sdk;

namespace Retraining.Tests.Journal;

/// <inheritdoc cref="JournalFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Retraining.Tests.Journal." + nameof(JournalTheoryDiscoverer), "Retraining.Tests")]
internal sealed class JournalTheoryAttribute : TheoryAttribute;
