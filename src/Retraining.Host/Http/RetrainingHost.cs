using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Retraining.Configuration;
using Retraining.Host.Keys;
using Retraining.Host.Models;
using Retraining.Host.Page;
using Retraining.Host.Schedule;
using Retraining.Operations;
using Retraining.Schedule;
using Retraining.Serving;

namespace Retraining.Host.Http;

/// <summary>The web host: HTTP API, status page, weekly schedule, over whatever engine <c>IRunClient</c> stands for.</summary>
public static class RetrainingHost
{
    internal const int MaxBodyBytes = 64 * 1024;

    /// <summary>Of path and query. The server takes four times as much, so that this answer says what is wrong.</summary>
    private const int MaxAddressLength = 8 * 1024;

    /// <param name="settings">Where to listen and who may come in.</param>
    /// <param name="configure">Adds the engine and the stores.</param>
    public static WebApplication Create(HostSettings settings, Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(settings.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = 4 * MaxAddressLength;
        });
        // The framework logs whole addresses, and ?code= is a key.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning);
        builder.Services.AddSingleton(settings);
        builder.Services.AddKeys(settings.Keys);
        builder.Services.AddProblemDetails().AddExceptionHandler<ErrorAnswers>();
        builder.Services.ConfigureHttpJsonOptions(json => HostJson.Configure(json.SerializerOptions));
        builder.Services.AddOpenApi();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => services.GetRequiredService<ResolveSettings>()(null).Schedule);
        builder.Services.AddSingleton(services => services.GetRequiredService<ResolveSettings>()(null).Hosting);
        builder.Services.AddSingleton(services => WeeklySchedule.From(services.GetRequiredService<ScheduleSettings>()));
        builder.Services.AddSingleton<IndexedUserIds>().AddSingleton<ModelLedger>().AddSingleton<UserEmbedder>().AddSingleton<PageData>().AddSingleton<TrainingCurves>().AddSingleton<DataReports>();
        builder.Services.AddCors();
        builder.Services.AddRateLimiter(SignInRoutes.Limit);
        configure(builder);
        ScheduleService.Add(builder.Services, settings.OwnTimer);
        builder.Services.TryAddSingleton(new SecretText([]));

        var app = builder.Build();
        app.Services.GetRequiredService<WeeklySchedule>(); // a wrong setting ends the start, not the first Sunday
        var hosting = app.Services.GetRequiredService<HostingSettings>();
        app.UseForwardedHeaders(TrustedProxies.Options(hosting));
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RefuseLongAddresses);
        app.UseCors(AllowedOrigins.Policy(hosting));
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        MapRoutes(app, settings);
        return app;
    }

    private static Task RefuseLongAddresses(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Value!.Length + http.Request.QueryString.Value!.Length <= MaxAddressLength)
            return next(http);
        http.Response.StatusCode = StatusCodes.Status414UriTooLong;
        return Task.CompletedTask;
    }

    private static void MapRoutes(WebApplication app, HostSettings settings)
    {
        app.MapStart();
        app.MapRuns();
        app.MapInstances(settings.InstancePath);
        app.MapModels();
        app.MapUsers();
        app.MapProbes();
        app.MapOpenApi();
        app.MapPages();
        app.MapPageActions();
        app.MapSignIn();
        app.MapLive();
        app.MapAssets();
    }
}
