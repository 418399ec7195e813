using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class TeacherMapTests
{
    private const int Channels = 5;

    private static readonly TeacherLayout Layout = new(Channels, 7, 6, 0);

    /// <summary>Any crop, flipped or not, inside what the teacher saw or beyond it, against PyTorch's own sampling.</summary>
    [Theory]
    [InlineData(64, 16, 0, 0, 200, 120, false)]
    [InlineData(64, 16, 13, 7, 90, 60, false)]
    [InlineData(64, 16, 13, 7, 90, 60, true)]
    [InlineData(50, 16, 100.5, 20.25, 99.5, 99.75, true)]
    [InlineData(32, 4, -12, -9, 200, 120, false)]
    public void Sample_AnyView_IsGridSample(int imageSize, int stride, double x, double y, double width, double height, bool flipped)
    {
        float[] map = Map();
        var teacher = new ImageView(10, 0, 160, 120, false, 200, 120);
        var student = new ImageView(x, y, width, height, flipped, 200, 120);
        int edge = (imageSize + stride - 1) / stride;
        float[] pooled = new float[Channels], places = new float[edge * edge * Channels];

        TeacherMap.Sample(map, Layout, teacher, student, imageSize, stride, pooled, places);

        using DisposeScope scope = NewDisposeScope();
        float[] grid = [.. from i in Enumerable.Range(0, edge) from j in Enumerable.Range(0, edge) from at in Place(i, j) select at];
        Tensor expected = nn.functional.grid_sample(
            tensor(map, 1, Layout.Height, Layout.Width, Channels).permute(0, 3, 1, 2).contiguous(),
            tensor(grid, 1, edge, edge, 2),
            mode: GridSampleMode.Bilinear,
            padding_mode: GridSamplePaddingMode.Border,
            align_corners: true)[0].permute(1, 2, 0);
        AssertClose(expected, places);
        AssertClose(expected.mean([0L, 1L]), pooled);
        float[] alone = new float[Channels];
        TeacherMap.Sample(map, Layout, teacher, student, imageSize, stride, alone, []);
        Assert.Equal(pooled, alone);

        float[] Place(int i, int j)
        {
            int pixel = flipped ? imageSize - 1 - (j * stride) : j * stride;
            double across = (x + ((double)pixel / imageSize * width) - teacher.X) / teacher.Width * Layout.Width;
            double down = (y + ((double)i * stride / imageSize * height) - teacher.Y) / teacher.Height * Layout.Height;
            return [(float)((across / (Layout.Width - 1) * 2) - 1), (float)((down / (Layout.Height - 1) * 2) - 1)];
        }
    }

    /// <summary>Same square, same stride: the teacher's own map, place for place.</summary>
    [Fact]
    public void Sample_WhatTheTeacherSaw_IsItsMap()
    {
        var layout = new TeacherLayout(Channels, 6, 6, 0);
        float[] map = [.. Map().Take(6 * 6 * Channels)], pooled = new float[Channels], places = new float[map.Length];
        var view = new ImageView(0, 0, 96, 96, false, 96, 96);

        TeacherMap.Sample(map, layout, view, view, 96, 16, pooled, places);

        Assert.All(map.Zip(places), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData("resnext50_32x4d", 224, 32)]
    [InlineData("resnext20_8x8d_small", 64, 16)]
    [InlineData("resnext11_4x4d_cifar", 32, 4)]
    [InlineData("resnext11_2x4d_small", 50, 16)]
    public void Stride_OfANetwork_GivesTheEdgeOfItsMap(string name, int size, int stride)
    {
        var architecture = ResNeXtArchitecture.Parse(name);
        Assert.Equal(stride, architecture.Stride);
        if (size <= 64)
        {
            using var module = new ResNeXtModule(architecture, 2);
            using Tensor maps = module.Maps(zeros(1, 3, size, size));
            Assert.Equal((size + stride - 1) / stride, maps.shape[3]);
        }
    }

    private static float[] Map() => [.. FormulaWeights.Hashes("a map", Layout.FeatureCount).Select(hash => (hash >> 8) * (1f / (1 << 23)))];

    private static void AssertClose(Tensor expected, float[] actual) =>
        Assert.All(expected.contiguous().data<float>().ToArray().Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
}
