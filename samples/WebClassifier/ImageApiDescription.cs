using Microsoft.OpenApi;

namespace WebClassifier;

/// <summary>What the OpenAPI document says of addresses that read their body themselves.</summary>
internal static class ImageApiDescription
{
    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp"];

    public static void TakesImages(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<ImagesAnswer>()
        .ProducesProblem(400)
        .ProducesProblem(413)
        .ProducesProblem(415)
        .ProducesProblem(429)
        .ProducesProblem(503)
        .ProducesProblem(504)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            var files = new OpenApiSchema { Type = JsonSchemaType.Array, Items = file };
            var form = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["files"] = files } };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "A form with one or more image files, or one image as it is.",
                Content = ImageTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = file }),
            };
            operation.RequestBody.Content!["multipart/form-data"] = new OpenApiMediaType { Schema = form };
            if (operation.Parameters?.FirstOrDefault(parameter => parameter.Name == "top") is OpenApiParameter top)
            {
                top.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 5 }; // read as text, for a better error
            }

            return Task.CompletedTask;
        });
}
