using Microsoft.Extensions.DependencyInjection;
using Retraining.Training;

namespace Retraining.TorchSharp;

/// <summary>Lets <c>training.trainer: torch</c> train.</summary>
public static class TorchServices
{
    public static IServiceCollection AddTorch(this IServiceCollection services) => services.AddSingleton<OpenTorch>(TorchSteps.Open);
}
