using Xunit.Abstractions;
using Xunit.Sdk;

namespace Retraining.Tests.Journal;

/// <inheritdoc cref="JournalFactDiscoverer"/>
public sealed class JournalTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        JournalFactDiscoverer.ReasonToSkip(testMethod) is { } reason
            ?
            [
                new XunitSkippedDataRowTestCase(
                    DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, reason),
            ]
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
