using Microsoft.AspNetCore.Http.HttpResults;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>For the one who starts and stops servers: is it alive, can it answer? And for the page: with what?</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        RouteGroupBuilder health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new LiveAnswer("live"))).WithSummary("The process answers.");
        health.MapGet("/ready", Ready).WithSummary("A model is loaded, and this is it.").ProducesProblem(503);
    }

    private static Ok<ReadyAnswer> Ready(ModelHost models, ClassifierOptions options, IWebHostEnvironment environment)
    {
        using ModelLease lease = models.Acquire();
        ResNeXtMetadata metadata = lease.Model.Metadata;
        return TypedResults.Ok(new ReadyAnswer(
            models.IsDegraded ? "degraded" : "ready",
            lease.Model.Name,
            metadata.Architecture,
            metadata.Labels.Count,
            metadata.FeatureWidth,
            lease.Model.Predictor.HasHeatMaps,
            lease.Model.Loaded,
            options.Uploads.MaxFileBytes,
            options.Page.Threshold,
            Examples.In(environment.WebRootFileProvider)));
    }
}
