using System.Net;
using System.Text;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

public sealed class ImageEndpointsTests(RunningClassifier running)
{
    private readonly byte[] _toy = DrawnImages.Toy(2);

    [Fact]
    public async Task Classify_SeveralFiles_AnswersEachWithItsOwn()
    {
        byte[][] images = [DrawnImages.Toy(0), DrawnImages.Toy(1), DrawnImages.Plain(40, 30)];
        JsonElement answer = await PostAsync("api/classify?top=3", RunningClassifier.Form(("a.jpg", images[0]), ("b b.jpg", images[1]), ("c.png", images[2])));

        Assert.Equal(Path.GetFileName(SampleFiles.DefaultModel), answer.GetProperty("model").GetString());
        Assert.Equal(["a.jpg", "b b.jpg", "c.png"], answer.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("name").GetString()));
        Assert.Equal(images.Select(image => running.Predictor.Predict(image).Top(3)), answer.GetProperty("images").EnumerateArray().Select(Predictions));
    }

    [Fact]
    public async Task Classify_ImageAsBody_IsAnsweredLikeAForm()
    {
        JsonElement byBody = await PostAsync("api/classify", RunningClassifier.Body(_toy));
        JsonElement byForm = await PostAsync("api/classify", RunningClassifier.Form(("image", _toy)));
        Assert.Equal(byForm.GetRawText(), byBody.GetRawText());
        Assert.Equal(running.Predictor.Predict(_toy).Top(5), Predictions(byBody.GetProperty("images")[0]));
    }

    [Fact]
    public async Task Classify_BodyOfUnknownLength_IsRead()
    {
        using var stream = new StreamContent(new UnknownLength(_toy)) { Headers = { ContentType = new("image/jpeg") } };
        JsonElement answer = await PostAsync("api/classify", stream);
        Assert.Equal(running.Predictor.Predict(_toy).Top(5), Predictions(answer.GetProperty("images")[0]));
    }

    [Fact]
    public async Task Classify_WithHeatMap_GivesThatOfTheBestLabelOrTheWantedOne()
    {
        ImagePrediction prediction = running.Predictor.Predict(_toy);
        string last = prediction.Top(1000)[^1].Label;
        AssertMap(running.Predictor.HeatMap(_toy), await PostAsync("api/classify?heatmap=true", RunningClassifier.Body(_toy)));
        AssertMap(running.Predictor.HeatMap(_toy, last), await PostAsync($"api/classify?heatmap={last}", RunningClassifier.Body(_toy)));
        JsonElement without = await PostAsync("api/classify?heatmap=false", RunningClassifier.Body(_toy));
        Assert.False(without.GetProperty("images")[0].TryGetProperty("heatMap", out _));

        static void AssertMap(HeatMap expected, JsonElement answer)
        {
            JsonElement map = answer.GetProperty("images")[0].GetProperty("heatMap");
            Assert.Equal((expected.Label, expected.Edge), (map.GetProperty("label").GetString(), map.GetProperty("edge").GetInt32()));
            Assert.Equal(expected.Values.ToArray(), map.GetProperty("values").EnumerateArray().Select(value => value.GetSingle()));
            Assert.Equal(
                [expected.Left, expected.Top, expected.Width, expected.Height],
                ((string[])["left", "top", "width", "height"]).Select(name => map.GetProperty(name).GetDouble()));
        }
    }

    [Fact]
    public async Task Features_OfImages_AreThePredictors()
    {
        JsonElement answer = await PostAsync("api/features", RunningClassifier.Form(("a.jpg", _toy), ("b.jpg", DrawnImages.Toy(3))));
        Assert.Equal(
            [running.Predictor.Predict(_toy).Features.ToArray(), running.Predictor.Predict(DrawnImages.Toy(3)).Features.ToArray()],
            answer.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("features").EnumerateArray().Select(value => value.GetSingle()).ToArray()));
    }

    [Theory]
    [InlineData("api/classify")]
    [InlineData("api/features")]
    public async Task Images_BadOneAmongSeveral_HasAnErrorInItsPlace(string address)
    {
        JsonElement images = (await PostAsync(address, RunningClassifier.Form(("a.jpg", _toy), ("b.jpg", "no image"u8.ToArray()), ("c.jpg", _toy[..(_toy.Length / 2)])))).GetProperty("images");
        Assert.False(images[0].TryGetProperty("error", out _));
        Assert.Equal("'b.jpg' is not an image: expected JPEG, PNG, GIF, BMP or WebP.", images[1].GetProperty("error").GetString());
        Assert.Contains("truncated", images[2].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty.jpg", "", "'empty.jpg' is empty")]
    [InlineData("text.jpg", "This is a text.", "'text.jpg' is not an image")]
    [InlineData("page.png", "<html><body>404</body></html>", "'page.png' is not an image")]
    [InlineData("icon.ico", "\0\0\u0001\0\u0001\0", "'icon.ico' is not an image")]
    [InlineData("half.png", "\u0089PNG\r\n\u001a\n", "is not an image")] // the signature alone
    public async Task Images_NotAnImage_400SaysSo(string name, string content, string expected)
    {
        using MultipartFormDataContent form = RunningClassifier.Form((name, Encoding.Latin1.GetBytes(content)));
        Assert.Contains(expected, await ProblemAsync("api/classify", form, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_TruncatedJpeg_400SaysSo()
    {
        string problem = await ProblemAsync("api/features", RunningClassifier.Body(_toy[..(_toy.Length / 2)]), HttpStatusCode.BadRequest);
        Assert.Contains("truncated", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_FewBytesButManyPixels_400BeforeTheyAreDecoded()
    {
        byte[] bomb = DrawnImages.Plain(4000, 4000);
        Assert.InRange(bomb.Length, 1, RunningClassifier.MaxFileBytes);
        string problem = await ProblemAsync("api/classify", RunningClassifier.Body(bomb, "image/png"), HttpStatusCode.BadRequest);
        Assert.Contains($"4000 x 4000 pixels: expected at most {RunningClassifier.MaxPixels}", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Images_FileTooLarge_413NamesFileAndLimit(bool asForm)
    {
        byte[] large = new byte[RunningClassifier.MaxFileBytes + 1];
        HttpContent content = asForm ? RunningClassifier.Form(("large.jpg", large)) : RunningClassifier.Body(large);
        string problem = await ProblemAsync("api/classify", content, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains($"'{(asForm ? "large.jpg" : "image")}' has more than {RunningClassifier.MaxFileBytes} bytes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_RequestTooLarge_413WithoutReadingIt()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/classify") { Content = RunningClassifier.Body(new byte[RunningClassifier.MaxRequestBytes + 1]) };
        request.Headers.ExpectContinue = true; // as curl does: ask before sending
        using HttpResponseMessage response = await running.Client.SendAsync(request);
        string problem = await RunningClassifier.AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains($"larger than {RunningClassifier.MaxRequestBytes} bytes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_TooManyFiles_400NamesTheLimit()
    {
        using MultipartFormDataContent form = RunningClassifier.Form([.. Enumerable.Range(0, RunningClassifier.MaxFiles + 1).Select(i => ($"{i}.jpg", _toy))]);
        Assert.Contains($"more than {RunningClassifier.MaxFiles} files", await ProblemAsync("api/classify", form, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "'text/plain'")]
    [InlineData("application/json", "'application/json'")]
    [InlineData("application/x-www-form-urlencoded", "'application/x-www-form-urlencoded'")]
    public async Task Images_WrongContentType_415NamesIt(string type, string expected) =>
        Assert.Contains(expected, await ProblemAsync("api/classify", RunningClassifier.Body(_toy, type), HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);

    [Fact]
    public async Task Images_NoBody_415SaysWhatIsExpected() =>
        Assert.Contains("content type is missing: expected multipart/form-data", await ProblemAsync("api/classify", null, HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);

    [Theory]
    [InlineData("multipart/form-data", "")] // no boundary
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data; boundary=x", "not a form")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\nends here")]
    public async Task Images_BrokenForm_400SaysSo(string type, string body)
    {
        var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        Assert.Contains("The form", await ProblemAsync("api/classify", content, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_FormWithoutFile_400SaysSo()
    {
        using var form = new MultipartFormDataContent { { new StringContent("hello"), "greeting" } };
        Assert.Contains("no file", await ProblemAsync("api/classify", form, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("top=0", "top is '0': expected a whole number from 1 to 1000.")]
    [InlineData("top=-1", "top is '-1'")]
    [InlineData("top=many", "top is 'many'")]
    [InlineData("top=1001", "top is '1001'")]
    [InlineData("heatmap=zebra-crossing", "heatmap is 'zebra-crossing': expected true, false or a label of the model: goldfish, European fire salamander")]
    public async Task Classify_BadQuery_400NamesValueAndExpectation(string query, string expected) =>
        Assert.Contains(expected, await ProblemAsync($"api/classify?{query}", RunningClassifier.Body(_toy), HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Theory]
    [InlineData("../../x", "x")]
    [InlineData("..\\\\..\\\\x.jpg", "x.jpg")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("C:/Users/a b.jpg", "a b.jpg")]
    [InlineData("..", "..")]
    [InlineData("a\u001b[31m.jpg", "a[31m.jpg")] // colours of a terminal
    [InlineData("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>")] // text, and shown as text
    [InlineData("\u202e", "image")] // turns the text around it
    public async Task Images_HostileFileName_IsTextToShow(string name, string shown)
    {
        string head = $"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n";
        var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(head), .. _toy, .. "\r\n--x--\r\n"u8]);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        JsonElement answer = await PostAsync("api/classify", content);
        Assert.Equal(shown, answer.GetProperty("images")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Images_LongFileName_IsShortened()
    {
        JsonElement answer = await PostAsync("api/classify", RunningClassifier.Form((new string('x', 5000) + ".jpg", _toy)));
        Assert.Equal(new string('x', 80), answer.GetProperty("images")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("GET", "api/classify", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "Models/resnext29_8x8d_small.distilled.onnx", HttpStatusCode.NotFound)] // beside the page, not in it
    [InlineData("GET", "appsettings.json", HttpStatusCode.NotFound)]
    [InlineData("GET", "..%2fappsettings.json", HttpStatusCode.NotFound)]
    public async Task Address_OfNothing_IsAProblemToo(string method, string address, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using HttpResponseMessage response = await running.Client.SendAsync(request);
        await RunningClassifier.AssertProblemAsync(response, status);
    }

    private Task<JsonElement> PostAsync(string address, HttpContent content) => RunningClassifier.PostAsync(running.Client, address, content);

    private async Task<string> ProblemAsync(string address, HttpContent? content, HttpStatusCode status)
    {
        using HttpResponseMessage response = await running.Client.PostAsync(new Uri(address, UriKind.Relative), content);
        return await RunningClassifier.AssertProblemAsync(response, status);
    }

    private static IReadOnlyList<LabelProbability> Predictions(JsonElement image) => [.. image.GetProperty("predictions").EnumerateArray()
        .Select(value => new LabelProbability(value.GetProperty("label").GetString()!, value.GetProperty("probability").GetSingle()))];

    /// <summary>A stream that does not say how long it is: sent in chunks.</summary>
    private sealed class UnknownLength(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
