using Retraining.Tests.Engines;

namespace Retraining.Tests.Hub;

public sealed class HubPipelineContextTests() : PipelineContextTests(new HubRig());
