using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ProductPhotos;
using ResNeXt.MLNet;
using SkiaSharp;
using static Microsoft.Playwright.Assertions;

namespace ResNeXt.Samples.Tests;

public sealed class PageTests(RunningClassifier running, Browser browser)
{
    private readonly byte[] _ship = ToyPicture.Jpeg(ToyKind.Ship, 355, 1, 640, 480);

    [Fact]
    public async Task Picture_Chosen_ShowsFiveLabelsAndTheHeatMap()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ChooseAsync(("ship.jpg", _ship));
        ILocator card = page.Page.Locator(".card");
        await Expect(card.Locator(".answer")).ToHaveTextAsync(Verdict(running.Predictor));
        await Expect(card.Locator(".sure")).Not.ToHaveTextAsync("sure");
        await Expect(card.Locator(".label")).ToHaveCountAsync(5);
        await Expect(card.Locator(".label .name")).ToHaveTextAsync(running.Predictor.Predict(_ship).Top(5).Select(value => value.Label));
        await Expect(page.Page.Locator("#status")).ToContainTextAsync(new Regex($"^ship.jpg: (not sure, perhaps )?{Regex.Escape(running.Predictor.Predict(_ship).Label)}"));
        Assert.True(await PaintedAsync(card) > 1000);
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "1");

        ILocator toggle = card.GetByRole(AriaRole.Switch, new() { Name = "Heat map" });
        await toggle.ClickAsync();
        await Expect(toggle).ToHaveAttributeAsync("aria-checked", "false");
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "0");
        await toggle.ClickAsync();
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "1");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Label_Clicked_ShowsItsHeatMap()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ChooseAsync(("ship.jpg", _ship));
        ILocator labels = page.Page.Locator(".label");
        await Expect(labels.First).ToHaveAttributeAsync("aria-pressed", "true");
        IResponse response = await page.Page.RunAndWaitForResponseAsync(() => labels.Nth(1).ClickAsync(), new Regex("heatmap="));
        Assert.Contains($"heatmap={running.Predictor.Predict(_ship).Top(2)[1].Label}", response.Url, StringComparison.Ordinal);
        await Expect(labels.Nth(1)).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(labels.First).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Files_SomeBad_EachSaysWhatIsWrongInPlainWords()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ChooseAsync(("ship.jpg", _ship), ("notes.jpg", "not an image"u8.ToArray()), ("empty.jpg", []), ("large.jpg", new byte[RunningClassifier.MaxFileBytes + 1]));
        await Expect(page.Page.Locator(".card")).ToHaveCountAsync(4);
        await Expect(page.Page.Locator(".file")).ToHaveTextAsync(["ship.jpg", "notes.jpg", "empty.jpg", "large.jpg"]);
        await Expect(page.Page.Locator(".failure p:visible")).ToHaveTextAsync([
            new Regex("^'notes.jpg' is not an image"), new Regex("^'empty.jpg' is empty"), new Regex("^This file has 0.4 MB: send a smaller picture")]);
        await Expect(page.Page.Locator("h2")).ToHaveTextAsync("4 pictures");
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" })).ToHaveCountAsync(0); // the same files would be refused again
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear all" }).ClickAsync();
        await Expect(page.Page.Locator(".card")).ToHaveCountAsync(0);
        Assert.All(page.Complaints, complaint => Assert.Contains("400 (Bad Request)", complaint, StringComparison.Ordinal)); // the browser notes the server's refusals
    }

    [Fact]
    public async Task Labels_Opened_AreThoseOfTheModel()
    {
        await using BrowserPage page = await OpenAsync();
        ILocator labels = page.Page.Locator("#labels");
        await Expect(labels.Locator("summary")).ToHaveTextAsync($"The {running.Predictor.Metadata.Labels.Count} labels that it knows");
        await labels.Locator("summary").ClickAsync();
        await Expect(labels.Locator("p")).ToHaveTextAsync(string.Join(", ", running.Predictor.Metadata.Labels));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Example_Pressed_IsAnswered()
    {
        await using BrowserPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Try cup.jpg" }).ClickAsync();
        await page.AnsweredAsync();
        byte[] cup = await running.Client.GetByteArrayAsync(new Uri("examples/cup.jpg", UriKind.Relative));
        await Expect(page.Page.Locator(".label .name").First).ToHaveTextAsync(running.Predictor.Predict(cup).Label);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Threshold_OfOne_IsNeverSure()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync("--Page:Threshold=1");
        await using BrowserPage page = await browser.OpenAsync(server.Client.BaseAddress!);
        await page.ChooseAsync(("ship.jpg", _ship));
        await Expect(page.Page.Locator(".answer")).ToHaveTextAsync("Not sure");
        await Expect(page.Page.Locator(".sure")).ToHaveTextAsync($"perhaps {running.Predictor.Predict(_ship).Label}");
    }

    [Fact]
    public async Task ApiPage_Opened_ShowsEveryAddress()
    {
        await using BrowserPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "API" }).ClickAsync();
        await Expect(page.Page.Locator(".operation h2")).ToHaveTextAsync(["GET /health/live", "GET /health/ready", "POST /api/classify", "POST /api/features", "GET /api/labels"]);
        await Expect(page.Page.Locator(".operation").Nth(2)).ToContainTextAsync("How many labels, 1 to 1000.");
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("paste")]
    public async Task Picture_DroppedOrPasted_IsAnswered(string how)
    {
        await using BrowserPage page = await OpenAsync();
        await page.Page.EvaluateAsync(
            """
            ([how, content]) => {
                const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0)), data = new DataTransfer();
                data.items.add(new File([bytes], "toy.jpg", { type: "image/jpeg" }));
                const event = how === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }) : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
                document.getElementById("zone").dispatchEvent(event);
            }
            """,
            new[] { how, Convert.ToBase64String(_ship) });
        await page.AnsweredAsync();
        await Expect(page.Page.Locator(".answer")).ToHaveTextAsync(Verdict(running.Predictor));
        Assert.Empty(page.Complaints);
    }

    /// <summary>By one without heat maps, which the page must no longer ask for.</summary>
    [Fact]
    public async Task Model_ReplacedBehindAnOpenPage_IsTheOneThatIsAsked()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx");
        File.Copy(SampleFiles.DefaultModel, file);
        await using ServerProcess server = await RunningClassifier.StartWatchingAsync(file);
        await using BrowserPage page = await browser.OpenAsync(server.Client.BaseAddress!);
        await Expect(page.Page.Locator("#model")).ToHaveAttributeAsync("data-state", "ready");
        File.Copy(ModelWatcherTests.OtherModel, folder.File("next"));
        File.Move(folder.File("next"), file, overwrite: true);
        await server.WaitForLogAsync("4 labels");

        await page.ChooseAsync(("ship.jpg", _ship));

        using ResNeXtPredictor other = ResNeXtPredictor.Load(file);
        await Expect(page.Page.Locator(".answer")).ToHaveTextAsync(Verdict(other));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Page_WithTheKeyboardAlone_CanBeUsed()
    {
        await using BrowserPage page = await OpenAsync();
        var choosing = new TaskCompletionSource<IFileChooser>();
        page.Page.FileChooser += (_, opened) => choosing.TrySetResult(opened); // from the start: the browser takes a while to hear of it
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(page.Page.Locator("#files")).ToBeFocusedAsync();
        await Expect(page.Page.Locator("#zone")).ToHaveCSSAsync("outline-style", "solid"); // the focus is seen
        await page.Page.Keyboard.PressAsync("Enter");
        IFileChooser chooser = await choosing.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await chooser.SetFilesAsync(new FilePayload { Name = "ship.jpg", MimeType = "image/jpeg", Buffer = _ship });
        await page.AnsweredAsync();

        ILocator third = page.Page.Locator(".label").Nth(2), toggle = page.Page.GetByRole(AriaRole.Switch);
        await TabToAsync(page, third);
        await Expect(third).ToHaveCSSAsync("outline-style", "solid");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(third).ToHaveAttributeAsync("aria-pressed", "true");
        await TabToAsync(page, toggle);
        await page.Page.Keyboard.PressAsync("Space");
        await Expect(toggle).ToHaveAttributeAsync("aria-checked", "false");
        await page.Page.Keyboard.PressAsync("Shift+Tab");
        Assert.Empty(page.Complaints);

        static async Task TabToAsync(BrowserPage page, ILocator target)
        {
            for (int i = 0; i < 20 && !await target.EvaluateAsync<bool>("element => element === document.activeElement"); i++)
            {
                await page.Page.Keyboard.PressAsync("Tab");
            }

            await Expect(target).ToBeFocusedAsync();
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_OnANarrowScreen_DoesNotScrollSideways(ColorScheme scheme)
    {
        await using BrowserPage page = await browser.OpenAsync(running.Client.BaseAddress!, 360, 740, scheme);
        Assert.True(await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 360);
        await page.ChooseAsync(("a-very-long-name-of-a-picture-that-does-not-fit-on-a-narrow-screen-in-one-line.jpg", _ship), ("bad.jpg", "no"u8.ToArray()));
        Assert.True(await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 360);
        Assert.Equal(scheme == ColorScheme.Dark, await page.Page.EvaluateAsync<bool>("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 100"));
    }

    /// <summary>With UPDATE_DOCS=1 the pictures of the documentation are made anew.</summary>
    [Fact]
    public async Task Screenshots_AreMadeOnDemand()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1", "UPDATE_DOCS is not 1.");
        string folder = Path.Combine(RepositoryFiles.Root, "docs", "images");
        Directory.CreateDirectory(folder);
        (string, byte[])[] pictures = [("ship.jpg", Best(ToyKind.Ship, "lifeboat")), ("car.jpg", Best(ToyKind.Car, "sports car")), ("plane.jpg", Best(ToyKind.Plane, "projectile"))];
        await using ServerProcess server = await RunningClassifier.StartAsync(); // with the limits that users see
        await using BrowserPage wide = await browser.OpenAsync(server.Client.BaseAddress!, 1120, 940);
        await wide.ChooseAsync(pictures);
        await wide.Page.GetByRole(AriaRole.Switch).Last.ClickAsync(); // one without its heat map
        await SaveAsync(wide, Path.Combine(folder, "web-wide.png"));
        await using BrowserPage narrow = await browser.OpenAsync(server.Client.BaseAddress!, 360, 740, ColorScheme.Dark);
        await narrow.ChooseAsync(pictures[0]);
        await SaveAsync(narrow, Path.Combine(folder, "web-narrow.png"));
        Assert.All(Directory.GetFiles(folder, "web-*.png"), file => Assert.InRange(new FileInfo(file).Length, 1, 250_000));
    }

    /// <summary>The browser compresses in haste: the same pixels in fewer bytes.</summary>
    private static async Task SaveAsync(BrowserPage page, string file)
    {
        using SKBitmap bitmap = SKBitmap.Decode(await page.Page.ScreenshotAsync());
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 9));
        await File.WriteAllBytesAsync(file, data.ToArray());
    }

    /// <summary>Of some drawings the one that the model, whichever it is, is surest of.</summary>
    private byte[] Best(ToyKind kind, string label) => Enumerable.Range(0, 12)
        .Select(seed => ToyPicture.Jpeg(kind, hue: ((seed * 75) + 355) % 360, seed, 640, 480))
        .MaxBy(picture => running.Predictor.Predict(picture).Top(1000).FirstOrDefault(value => value.Label == label)?.Probability ?? 0)!;

    /// <summary>What the page says of the ship.</summary>
    private string Verdict(ResNeXtPredictor predictor) => predictor.Predict(_ship) is { Probability: >= 0.5f } sure ? sure.Label : "Not sure";

    private Task<BrowserPage> OpenAsync() => browser.OpenAsync(running.Client.BaseAddress!);

    /// <summary>Pixels of the heat map that are not transparent.</summary>
    private static Task<int> PaintedAsync(ILocator card) => card.Locator("canvas").EvaluateAsync<int>(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((value, index) => index % 4 === 3 && value > 0).length");
}
