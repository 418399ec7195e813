using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace WebClassifier;

/// <summary>Reads the images of a request into memory: a form with files, or one image as the body. Nothing is written to the disk.</summary>
internal sealed class UploadReader(ClassifierOptions options)
{
    private const int MaxBoundaryLength = 200, MaxFields = 100; // fields beside the files

    private readonly UploadOptions _options = options.Uploads;
    private readonly UploadMemory _memory = new(options.Uploads.MaxBytesInMemory);

    /// <exception cref="ProblemException">The request holds no image, too many, or too large ones.</exception>
    /// <exception cref="BadHttpRequestException">The request is too large or ended before its end.</exception>
    public async Task<Upload> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            throw WrongType(request.ContentType);
        }

        if (request.ContentLength > _options.MaxRequestBytes)
        {
            throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        }

        UploadMemory.Share memory = _memory.Begin();
        try
        {
            return new Upload(
                type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) ? await ReadFormAsync(request, type, memory, cancellationToken)
                : type.Type.Equals("image", StringComparison.OrdinalIgnoreCase) ? [await ReadBodyAsync(request, memory, cancellationToken)]
                : throw WrongType(request.ContentType),
                memory);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private async Task<UploadedImage> ReadBodyAsync(HttpRequest request, UploadMemory.Share memory, CancellationToken cancellationToken) => request.ContentLength > _options.MaxFileBytes
        ? throw FileTooLarge("image")
        : new UploadedImage("image", await ReadToEndAsync(request.Body, "image", request.ContentLength, memory, cancellationToken));

    private async Task<List<UploadedImage>> ReadFormAsync(HttpRequest request, MediaTypeHeaderValue type, UploadMemory.Share memory, CancellationToken cancellationToken)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundaryLength)
        {
            throw BadForm();
        }

        var images = new List<UploadedImage>();
        var reader = new MultipartReader(boundary, request.Body);
        try
        {
            int fields = 0;
            while (await reader.ReadNextSectionAsync(cancellationToken) is MultipartSection section)
            {
                if (++fields > MaxFields + _options.MaxFiles)
                {
                    throw BadForm();
                }

                // Fields without a file are passed over.
                if (section.GetContentDispositionHeader() is ContentDispositionHeaderValue disposition && disposition.IsFileDisposition())
                {
                    images.Add(images.Count < _options.MaxFiles
                        ? await ReadFileAsync(section, disposition, memory, cancellationToken)
                        : throw new ProblemException(StatusCodes.Status400BadRequest, $"The request has more than {_options.MaxFiles} files: send the others in another request."));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw BadForm();
        }

        return images.Count > 0
            ? images
            : throw new ProblemException(StatusCodes.Status400BadRequest, "The form has no file: expected one or more images, each in a part with a file name.");
    }

    private async Task<UploadedImage> ReadFileAsync(MultipartSection section, ContentDispositionHeaderValue disposition, UploadMemory.Share memory, CancellationToken cancellationToken)
    {
        string name = DisplayName.Of(HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString());
        return new UploadedImage(name, await ReadToEndAsync(section.Body, name, null, memory, cancellationToken));
    }

    private async Task<ReadOnlyMemory<byte>> ReadToEndAsync(Stream stream, string name, long? length, UploadMemory.Share memory, CancellationToken cancellationToken)
    {
        // Not pooled: a cancelled request's image may still be decoded when the request has ended.
        byte[] content = [];
        int count = 0;
        while (true)
        {
            if (count == content.Length)
            {
                // One byte more than allowed is enough to know.
                int larger = (int)Math.Min(Math.Max(2L * count, 1024), Math.Min(length ?? long.MaxValue, _options.MaxFileBytes + 1L));
                memory.Add(larger - count);
                Array.Resize(ref content, larger);
            }

            int read = await stream.ReadAsync(content.AsMemory(count), cancellationToken);
            if (read == 0)
            {
                return content.AsMemory(0, count);
            }

            count += read;
            if (count > _options.MaxFileBytes)
            {
                throw FileTooLarge(name);
            }

            if (count == length)
            {
                return content;
            }
        }
    }

    private ProblemException FileTooLarge(string name) => new(
        StatusCodes.Status413PayloadTooLarge, $"'{name}' has more than {_options.MaxFileBytes} bytes: send a smaller image.");

    private static ProblemException BadForm() => new(
        StatusCodes.Status400BadRequest, "The form cannot be read: expected a complete multipart/form-data body, as a browser or `curl --form` sends it.");

    private static ProblemException WrongType(string? type) => new(
        StatusCodes.Status415UnsupportedMediaType, $"The request's content type is {(string.IsNullOrEmpty(type) ? "missing" : $"'{DisplayName.Of(type.Replace('/', '|')).Replace('|', '/')}'")}: expected multipart/form-data with image files, or one image as the body with its own type, image/jpeg for one.");
}
