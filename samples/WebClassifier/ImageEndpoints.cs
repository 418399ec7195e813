using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>The addresses that take images, and the labels that they answer with.</summary>
internal static class ImageEndpoints
{
    private const int DefaultTop = 5, MaxTop = 1000;

    public static void MapImages(this WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api").RequireRateLimiting(ClientRateLimit.PolicyName).WithTags("Images");
        api.MapPost("/classify", ClassifyAsync)
            .WithSummary("Says what is in images.")
            .WithDescription("One bad image among several has an error in its place; one alone is answered with 400.")
            .TakesImages();
        api.MapPost("/features", FeaturizeAsync)
            .WithSummary("Gives the feature vectors of images.")
            .TakesImages();
        api.MapGet("/labels", Labels)
            .WithSummary("Lists what the model can answer.")
            .ProducesProblem(503);
    }

    private static Ok<LabelsAnswer> Labels(ModelHost models)
    {
        using ModelLease lease = models.Acquire();
        return TypedResults.Ok(new LabelsAnswer(lease.Model.Name, lease.Model.Metadata.Labels));
    }

    private static async Task<Ok<ImagesAnswer>> ClassifyAsync(
        HttpRequest request,
        ModelHost models,
        UploadReader uploads,
        ClientWork work,
        HeatMapGate heatMaps,
        CancellationToken aborted,
        [Description("How many labels, 1 to 1000.")] string? top = null,
        [Description("'true' for the heat map of the most probable label, or a label.")] string? heatmap = null)
    {
        int count = top is null ? DefaultTop
            : int.TryParse(top, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MaxTop ? number
            : throw new ProblemException(400, $"top is '{DisplayName.Of(top)}': expected a whole number from 1 to {MaxTop}.");
        using Upload upload = await uploads.ReadAsync(request, aborted);
        using ModelLease lease = models.Acquire();
        LoadedModel model = lease.Model;
        bool isLabel = heatmap is not null && model.Predictor.HasHeatMaps && model.Metadata.Labels.Contains(heatmap); // which may be 'true' or 'false'
        bool wantsMap = isLabel || heatmap is not (null or "" or "false");
        string? label = heatmap == "true" && !isLabel ? null : heatmap;
        if (wantsMap)
        {
            RequireHeatMap(model, label);
        }

        string client = ClientRateLimit.Client(request.HttpContext);
        return await AnswerAsync(model, upload, megapixels => work.Charge(client, wantsMap ? 2 * megapixels : megapixels), Predict, aborted);

        async Task<ImageAnswer> Predict(UploadedImage image, CancellationToken cancelled)
        {
            ImagePrediction prediction = await model.Batching.PredictAsync(image.Content, client, cancelled);
            HeatMap? map = wantsMap ? await heatMaps.ComputeAsync(model, image, label ?? prediction.Label, cancelled) : null;
            return new ImageAnswer { Name = image.Name, Predictions = prediction.Top(count), HeatMap = map is null ? null : HeatMapAnswer.Of(map) };
        }
    }

    private static async Task<Ok<ImagesAnswer>> FeaturizeAsync(HttpRequest request, ModelHost models, UploadReader uploads, ClientWork work, CancellationToken aborted)
    {
        using Upload upload = await uploads.ReadAsync(request, aborted);
        using ModelLease lease = models.Acquire();
        string client = ClientRateLimit.Client(request.HttpContext);
        return await AnswerAsync(lease.Model, upload, megapixels => work.Charge(client, megapixels), Featurize, aborted);

        async Task<ImageAnswer> Featurize(UploadedImage image, CancellationToken cancelled)
        {
            ImagePrediction prediction = await lease.Model.Batching.PredictAsync(image.Content, client, cancelled);
            return new ImageAnswer { Name = image.Name, Features = prediction.Features };
        }
    }

    private static void RequireHeatMap(LoadedModel model, string? label)
    {
        if (!model.Predictor.HasHeatMaps)
        {
            throw new ProblemException(400, "This model has no heat maps: ask without heatmap. (`resnext export --activation-maps` writes models that have them.)");
        }

        if (label is not null && !model.Metadata.Labels.Contains(label))
        {
            string known = string.Join(", ", model.Metadata.Labels.Take(10)) + (model.Metadata.Labels.Count > 10 ? ", ..." : "");
            throw new ProblemException(400, $"heatmap is '{DisplayName.Of(label)}': expected true, false or a label of the model: {known}.");
        }
    }

    /// <summary>Answers each image, once all of them are paid for.</summary>
    private static async Task<Ok<ImagesAnswer>> AnswerAsync(
        LoadedModel model, Upload upload, Action<double> charge, Func<UploadedImage, CancellationToken, Task<ImageAnswer>> answer, CancellationToken aborted)
    {
        bool isAlone = upload.Images.Count == 1;
        (UploadedImage Image, double Work, ImageAnswer? Refused)[] images = [.. upload.Images.Select(Measure)];
        charge(images.Sum(image => image.Work));

        // When one image ends the request (the queue is full), the others need not be computed.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Task<ImageAnswer>[] answers = [.. images.Select(image => image.Refused is ImageAnswer refused ? Task.FromResult(refused) : OneAsync(image.Image))];
        return TypedResults.Ok(new ImagesAnswer(model.Name, await Task.WhenAll(answers)));

        (UploadedImage, double, ImageAnswer?) Measure(UploadedImage image)
        {
            try
            {
                return (image, image.ReadHeader(model).Work, null);
            }
            catch (InvalidDataException exception)
            {
                return (image, 0, Refuse(image, exception));
            }
        }

        async Task<ImageAnswer> OneAsync(UploadedImage image)
        {
            try
            {
                return await answer(image, ending.Token);
            }
            catch (InvalidDataException exception)
            {
                return Refuse(image, exception);
            }
            catch
            {
                await ending.CancelAsync();
                throw;
            }
        }

        ImageAnswer Refuse(UploadedImage image, InvalidDataException exception) =>
            isAlone ? throw new ProblemException(400, exception.Message) : new ImageAnswer { Name = image.Name, Error = exception.Message };
    }
}
