#if DURABLE_TASK
namespace Retraining.Tests.Engines;

public sealed class DurablePipelineContextTests() : PipelineContextTests(new DurableRig());
#endif
