using System.Text.Json;

namespace ResNeXt.Training.Tests;

public sealed class HistoryFilesTests(Shapes shapes)
{
    [Fact]
    public void Write_Epochs_AreALineEach()
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;

        HistoryFiles.Write(folder, [Rows.Epoch(1, trainTop1: null), Rows.Epoch(2)]);

        Assert.Equal(
            """
            epoch,lr,trainLoss,trainTop1,valLoss,valTop1,valTop5,imagesPerSecond,dataWait,memoryMB,seconds
            1,0.1,2,,2.5,0.25,1,100.5,0.02,512.3,7.25
            2,0.05,1,0.5,1.25,0.5,1,100.5,0.02,512.3,7.25

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(Path.Combine(folder, "history.csv")));
        JsonElement[] lines = [.. File.ReadLines(Path.Combine(folder, "history.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(JsonValueKind.Null, lines[0].GetProperty("trainTop1").ValueKind);
        Assert.Equal((2, 0.05, 0.5), (lines[1].GetProperty("epoch").GetInt32(), lines[1].GetProperty("lr").GetDouble(), lines[1].GetProperty("valTop1").GetDouble()));
    }

    [Fact]
    public void Write_NoEpoch_WritesNothing()
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;

        HistoryFiles.Write(folder, []);

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }
}
