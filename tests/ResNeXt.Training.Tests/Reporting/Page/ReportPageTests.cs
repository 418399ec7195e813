using System.Xml.Linq;

namespace ResNeXt.Training.Tests;

public sealed class ReportPageTests(Shapes shapes, TrainedModel trained)
{
    /// <summary>Elements whose end tag HTML leaves out; any other without content must not be written as one tag.</summary>
    private static readonly string[] Void = ["meta", "img", "br"];

    [Fact]
    public void Render_RealRun_IsOneWellFormedPage()
    {
        string page = File.ReadAllText(trained.Result.Report!);
        XElement html = Parse(page);

        Assert.InRange(page.Length, 10_000, 1_000_000);
        Assert.Equal("en", (string?)html.Attribute("lang"));
        Assert.Equal(
            ["Curves", "Confusions", "Classes", "Calibration", "Worst mistakes", "What the network saw", "Where it looks", "How it was made"],
            html.Descendants("h2").Select(title => title.Value));
        Assert.Equal(24, Section(html, "What the network saw").Descendants("img").Count());
        Assert.Contains("have a single place", Section(html, "Where it looks").Value, StringComparison.Ordinal); // 32 pixels, a 32nd of them
        Assert.Equal(5, html.Descendants(Svg("svg")).Count());
        Assert.Contains(FormattableString.Invariant($"{trained.Result.ValTop1 * 100:F1} %"), html.Descendants("dd").First().Value, StringComparison.Ordinal);
        string made = Section(html, "How it was made").Value;
        Assert.All(["sha256:", "TorchSharp 0.", "ONNX Runtime 1.", ".NET 10", "36 to train on, 12 to validate with", "none: Trainer.Run in"], text => Assert.Contains(text, made, StringComparison.Ordinal));
    }

    /// <summary>Half of the images at 10 a second, half at 100.</summary>
    [Fact]
    public void Render_EpochsOfDifferentSpeed_SaysThatOfTheRun()
    {
        CheckpointInfo info = Rows.Info(["a", "b"], Rows.Epoch(1) with { ImagesPerSecond = 10, DataWait = 0.9 }, Rows.Epoch(2) with { ImagesPerSecond = 100, DataWait = 0.02 });

        XElement tile = Parse(ReportPage.Render(ClassificationReport.Of(info, Rows.Predictions((0, [0.9, 0.1]), (1, [0.1, 0.9]))))).Descendants("div").First(tile => tile.Element("dt")?.Value == "speed");

        Assert.Equal("18.2images/s, 82.0 % waiting for data", tile.Element("dd")!.Value);
    }

    [Fact]
    public void Render_RealRun_LoadsNothing()
    {
        XElement html = Parse(File.ReadAllText(trained.Result.Report!));

        Assert.All(html.Descendants("img"), image => Assert.StartsWith("data:image/jpeg;base64,", (string?)image.Attribute("src"), StringComparison.Ordinal));
        Assert.All(html.Descendants("img"), image => Assert.NotEqual("", (string?)image.Attribute("alt") ?? ""));
        Assert.DoesNotContain(html.Descendants(), element => element.Name.LocalName is "link" or "script" or "iframe" or "object" or "use" or "image");
        Assert.DoesNotContain("url(", html.Descendants("style").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html.Descendants("style").Single().Value, StringComparison.Ordinal);
        Assert.All(html.Descendants(Svg("svg")), chart => Assert.NotEqual("", (string?)chart.Attribute("aria-label") ?? ""));
    }

    /// <summary>Browsers take &lt;ul /&gt; for a begin tag, and names of two charts for one.</summary>
    [Fact]
    public void Render_RealRun_IsReadAlikeAsHtmlAndXml()
    {
        string page = File.ReadAllText(trained.Result.Report!);
        XElement html = Parse(page);

        Assert.All(html.Descendants().Where(element => element.Name.Namespace == XNamespace.None && element.IsEmpty), element => Assert.Contains(element.Name.LocalName, Void));
        string[] names = [.. html.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.NotEmpty(names);
        Assert.Distinct(names);
        Assert.DoesNotContain("&", html.Descendants("style").Single().ToString(), StringComparison.Ordinal); // HTML does not unescape there
        Assert.DoesNotContain("rgb(", page, StringComparison.Ordinal); // every colour of a chart is the style sheet's
    }

    [Fact]
    public void Render_MixedRunWithSeveralPlaces_HasOverlays()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = "resnext11_2x4d_cifar",
            ImageSize = 16,
            Epochs = 1,
            BatchSize = 24,
            MixupAlpha = 1,
            CutmixAlpha = 1,
            Report = true,
        };

        XElement html = Parse(File.ReadAllText(new Trainer(options).Run().Report!));

        XElement[] pairs = [.. Section(html, "Where it looks").Descendants("figure")];
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.Distinct(pair.Descendants("img").Select(image => image.Attribute("src")!.Value)));
        Assert.DoesNotContain("training top-1", html.Value, StringComparison.Ordinal); // mixed images have no one class
    }

    [Fact]
    public void Render_NamesOfMarkup_StayText()
    {
        string name = "<b>\"R&D\"</b> 'x'";
        XElement html = Parse(ReportPage.Render(ClassificationReport.Of(Rows.Info([name, "b"], Rows.Epoch(1)), Rows.Predictions((0, [0.4, 0.6]), (1, [0.4, 0.6])))));

        Assert.Empty(html.Descendants("b"));
        Assert.Contains(html.Descendants("th"), cell => cell.Value == name);
    }

    [Fact]
    public void Render_ThousandClasses_StaysSmall()
    {
        var random = new Random(1);
        var predictions = new Predictions(1000);
        for (int i = 0; i < 3000; i++)
        {
            float[] values = [.. Enumerable.Range(0, 1000).Select(_ => -5 - random.NextSingle())];
            values[random.Next(1000)] = -0.5f;
            predictions.Add(values, i % 1000);
        }

        string page = ReportPage.Render(ClassificationReport.Of(Rows.Info([.. Enumerable.Range(0, 1000).Select(i => $"class {i}")], Rows.Epoch(1), Rows.Epoch(2)), predictions));
        XElement html = Parse(page);

        Assert.InRange(page.Length, 10_000, 200_000);
        Assert.Equal(50, Section(html, "Classes").Descendants("tbody").Single().Elements().Count());
        Assert.Equal(30, Section(html, "Confusions").Descendants("tbody").Single().Elements().Count());
    }

    [Fact]
    public void Render_RealRun_TellsItsNameDataAndTheImagesOfEachClass()
    {
        XElement html = Parse(File.ReadAllText(trained.Result.Report!));

        Assert.Equal($"Training report: {Path.GetFileName(Path.GetDirectoryName(trained.Result.Report!))}", html.Descendants("h1").Single().Value);
        Dictionary<string, string> facts = Section(html, "How it was made").Elements("dl").Single().Elements("dt").ToDictionary(name => name.Value, name => ((XElement)name.NextNode!).Value);
        Assert.Equal(Path.GetDirectoryName(trained.Result.Report!), facts["run"]);
        Assert.True(Directory.Exists(Path.Combine(facts["data"], "disc")), facts["data"]);
        XElement table = Section(html, "Classes").Descendants("table").Single();
        Assert.Equal(["class", "to train on", "to validate with", "precision", "recall", "F1"], table.Element("thead")!.Descendants("th").Select(head => head.Value));
        Assert.Equal([18, 18], table.Element("tbody")!.Elements().Select(row => (int)row.Elements("td").First()));
    }

    [Fact]
    public void Render_AllRight_AdvisesNoTemperature()
    {
        XElement html = Parse(ReportPage.Render(ClassificationReport.Of(Rows.Info(["a", "b"], Rows.Epoch(1)), Rows.Predictions((0, [0.9, 0.1]), (1, [0.1, 0.9])))));

        Assert.Contains("Here all are right", Section(html, "Calibration").Value, StringComparison.Ordinal);
        Assert.DoesNotContain("temperature of", html.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_RunOfBeforeTheHistory_SaysSo() => Assert.Contains(
        "kept no history",
        Parse(ReportPage.Render(ClassificationReport.Of(Rows.Info(["a", "b"]), Rows.Predictions((0, [0.9, 0.1]), (1, [0.1, 0.9]))))).Value,
        StringComparison.Ordinal);

    private static XElement Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", page, StringComparison.Ordinal);
        return XDocument.Parse(page).Root!;
    }

    private static XElement Section(XElement html, string title) => html.Descendants("section").Single(section => section.Element("h2")!.Value == title);

    private static XName Svg(string name) => XName.Get(name, "http://www.w3.org/2000/svg");
}
