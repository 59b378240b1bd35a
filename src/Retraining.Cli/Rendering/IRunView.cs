using Retraining.Operations;

namespace Retraining.Cli.Rendering;

/// <summary>Shows the newest state of a run, several times a second.</summary>
internal interface IRunView : IAsyncDisposable
{
    void Show(RunState run);
}
