using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Timeouts;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace WebClassifier;

/// <summary>The server, put together: read this file first.</summary>
internal static class ClassifierApp
{
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it.</exception>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory, // the page and the settings lie beside the program, wherever it is started
        });
        ClassifierOptions options = ClassifierOptions.From(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Uploads.MaxRequestBytes;
        });
        AddServices(builder.Services, options);

        WebApplication app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages(page => Problems.Of(page.HttpContext).ExecuteAsync(page.HttpContext));
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        app.MapOpenApi();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapHealth();
        app.MapImages();
        return app;
    }

    private static void AddServices(IServiceCollection services, ClassifierOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ModelHost>();
        services.AddSingleton<UploadReader>();
        services.AddSingleton<ClientWork>();
        services.AddSingleton<HeatMapGate>();
        services.AddHostedService<ModelWatcher>();
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.AddClientRateLimit(options.Limits);
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.Limits.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
            WriteTimeoutResponse = context => Problems.Timeout(options.Limits.RequestTimeout).ExecuteAsync(context),
        });
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict; // numbers are numbers, in the OpenAPI document too
        });
        services.AddOpenApi();
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("resnext-web-classifier")).WithMetrics(metrics => metrics
            .AddMeter("ResNeXt.MLNet", ModelHost.MeterName)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting")
            .AddPrometheusExporter());
    }
}
