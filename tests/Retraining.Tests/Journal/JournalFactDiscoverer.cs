using Retraining.Tests.Servers;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Retraining.Tests.Journal;

/// <summary>Skips tests of classes named <c>Postgres…</c> where there is no PostgreSQL.</summary>
public sealed class JournalFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    internal static string? ReasonToSkip(ITestMethod method) => ReasonToSkip(method.TestClass.Class.Name);

    internal static string? ReasonToSkip(string testClass) =>
        testClass.Contains(".Postgres", StringComparison.Ordinal) ? LocalServer.Postgres.Reason : null;

    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        ReasonToSkip(testMethod) is { } reason
            ? new XunitSkippedDataRowTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, reason)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}
