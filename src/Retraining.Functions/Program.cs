using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Retraining.DurableTask;
using Retraining.Functions;
using Retraining.Host.Durable;
using Retraining.Host.Http;
using Retraining.Host.Schedule;

await using var service = ServiceHost.Create(Environment.GetEnvironmentVariables());
await service.StartAsync();

var functions = FunctionsApplication.CreateBuilder(args);
functions.ConfigureFunctionsWebApplication();
functions.Services.AddSingleton(service.Services.GetRequiredService<InnerServer>());
functions.Services.AddSingleton(service.Services.GetRequiredService<HubClient>());
functions.Services.AddSingleton(service.Services.GetRequiredService<StageWorker>());
functions.Services.AddSingleton<StartDueRun>(service.Services.GetRequiredService<ScheduledRuns>().StartDueAsync);
await functions.Build().RunAsync();
