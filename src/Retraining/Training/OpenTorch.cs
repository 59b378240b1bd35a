using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Gives the steps that libtorch computes on a device, <c>cpu</c> or <c>cuda</c>. Only builds with TorchSharp have one.</summary>
/// <exception cref="Execution.PermanentStageException">There is no such device.</exception>
public delegate CreateTrainingSteps OpenTorch(string device);
