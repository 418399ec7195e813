using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class PathRow
{
    public int Number { get; set; }

    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";
}

public sealed class BytesRow
{
    public byte[] Image { get; set; } = [];
}

/// <summary>A row that counts how often its image is read.</summary>
public sealed class CountedRow(byte[] image)
{
    private readonly byte[] _image = image;

    public int Number { get; set; }

    public string Text { get; set; } = "";

    public bool Flag { get; set; }

    public DateTime Time { get; set; }

    public byte[] Image
    {
        get
        {
            Reads++;
            return _image;
        }
    }

    [NoColumn]
    public int Reads { get; set; }
}

public sealed class ImageRow
{
    [Microsoft.ML.Transforms.Image.ImageType(64, 64)]
    public MLImage? Image { get; set; }
}

public sealed class FeatureRow
{
    public int Number { get; set; }

    public float[] Features { get; set; } = [];
}

public sealed class ScoreRow
{
    public float[] Score { get; set; } = [];

    public string PredictedLabel { get; set; } = "";
}

internal static class Rows
{
    public static readonly string[] Labels = ["bolt", "gear", "nut", "washer"];

    public static List<PathRow> Of(IEnumerable<string> paths) =>
        [.. paths.Select((path, i) => new PathRow { Number = i, ImagePath = path, Label = Labels[i % 4] })];

    public static float[][] Features(MLContext ml, IDataView data) =>
        [.. ml.Data.CreateEnumerable<FeatureRow>(data, reuseRowObject: false, ignoreMissingColumns: true).Select(row => row.Features)];
}
