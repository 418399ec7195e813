#!/usr/bin/env dotnet
// Made from 03-the-paper.ipynb by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
#:project ../src/ResNeXt.Training
#:property UsesOnnxRuntime=true
#:property UsesTorch=true
#:property PublishAot=false
#:property EnforceCodeStyleInBuild=false
#:property AnalysisLevel=none
using ResNeXt.Training;
using TorchSharp;
using static TorchSharp.torch;

var page = new FigurePage("03-the-paper.html", "3. The paper in pictures");

// # 3. The paper in pictures
//
// ResNeXt (*Aggregated Residual Transformations for Deep Neural Networks*, Xie, Girshick, Dollár, Tu, He, 2017) adds one number to a ResNet: **cardinality**, how many parallel paths each block has. At the same cost, more paths are better than wider or deeper ones. This notebook computes what the paper says of cost, and proves that its three pictures of a block are one function.
page.AddText("3. The paper in pictures", "ResNeXt (*Aggregated Residual Transformations for Deep Neural Networks*, Xie, Girshick, Dollár, Tu, He, 2017) adds one number to a ResNet: **cardinality**, how many parallel paths each block has. At the same cost, more paths are better than wider or deeper ones. This notebook computes what the paper says of cost, and proves that its three pictures of a block are one function.");

TorchLibrary.Load();
string[] halves = ["resnet50", "resnext50_2x40d", "resnext50_4x24d", "resnext50_8x14d", "resnext50_32x4d"];
var cost = halves.Select(name => (Name: name, Size: ArchitectureSummary.Of(ResNeXtArchitecture.Parse(name), 224, 1000))).ToArray();
display(Show.Table(cost.Select(row => new
{
    Network = row.Name,
    Cardinality = ResNeXtArchitecture.Parse(row.Name).Cardinality,
    Width = ResNeXtArchitecture.Parse(row.Name).BaseWidth,
    MillionParameters = row.Size.Parameters / 1e6,
    BillionMultiplyAdds = row.Size.MultiplyAdds / 1e9,
})));

// ## The same cost, another error
//
// The five networks cost about the same (the paper's Table 2 chooses the widths so). Their errors on ImageNet, from the paper's Table 3, fall with each step of cardinality.
page.AddText("The same cost, another error", "The five networks cost about the same (the paper's Table 2 chooses the widths so). Their errors on ImageNet, from the paper's Table 3, fall with each step of cardinality.");

(double Cardinality, double Error)[] table3 = [(1, 23.9), (2, 23.0), (4, 22.6), (8, 22.3), (32, 22.2)];
display(Show.Lines("ImageNet at the cost of ResNet-50 (paper, Table 3)", "cardinality, logarithm to base 2", "top-1 error, %",
    ("validation, one crop of 224 pixels", table3.Select(row => (Math.Log2(row.Cardinality), row.Error)))));

// ## Where the parameters are
//
// A stage halves the map and doubles the channels, so each costs about the same time, and the last one holds most of the parameters.
page.AddText("Where the parameters are", "A stage halves the map and doubles the channels, so each costs about the same time, and the last one holds most of the parameters.");

var layers = ArchitectureSummary.Of(ResNeXtArchitecture.Parse("resnext50_32x4d"), 224, 1000).Layers;
var stages = layers.GroupBy(layer => layer.Name.Split('.')[0]).Where(stage => stage.Sum(layer => layer.Parameters) > 0).ToArray();
display(Show.Bars("ResNeXt-50 (32x4d): parameters of each part", "million parameters", stages.Select(stage => (stage.Key, stage.Sum(layer => layer.Parameters) / 1e6))));
display(Show.Bars("ResNeXt-50 (32x4d): cost of each part", "billion multiply-adds for an image", stages.Select(stage => (stage.Key, stage.Sum(layer => layer.MultiplyAdds) / 1e9))));

// ## Three pictures of one block (Fig. 3)
//
// - **(a)** every path has its own 1x1, 3x3 and 1x1 convolution, and the paths are added;
// - **(b)** the paths are concatenated after the 3x3, and one 1x1 follows;
// - **(c)** one 1x1, one *grouped* 3x3, one 1x1: the form that runs fast, and the one that this library trains.
//
// Here are the three with the same weights: 256 channels, 32 paths of width 4.
page.AddText("Three pictures of one block (Fig. 3)", "- **(a)** every path has its own 1x1, 3x3 and 1x1 convolution, and the paths are added;\n- **(b)** the paths are concatenated after the 3x3, and one 1x1 follows;\n- **(c)** one 1x1, one *grouped* 3x3, one 1x1: the form that runs fast, and the one that this library trains.\n\nHere are the three with the same weights: 256 channels, 32 paths of width 4.");

manual_seed(1);
int paths = 32, width = 4;
var x = randn(1, 256, 14, 14);
var reduce = randn(paths * width, 256, 1, 1) / 16;
var transform = randn(paths * width, width, 3, 3) / 6;
var expand = randn(256, paths * width, 1, 1) / 11;

Tensor Path(int path) // [1,256,14,14] -> [1,4,14,14]
{
    long from = path * width, to = from + width;
    var inner = nn.functional.conv2d(x, reduce[TensorIndex.Slice(from, to)]).relu();
    return nn.functional.conv2d(inner, transform[TensorIndex.Slice(from, to)], padding: [1L, 1L]).relu();
}

Tensor a = zeros(1, 256, 14, 14);
for (int path = 0; path < paths; path++)
{
    long from = path * width, to = from + width;
    a = a + nn.functional.conv2d(Path(path), expand[TensorIndex.Colon, TensorIndex.Slice(from, to)]);
}

Tensor b = nn.functional.conv2d(cat(Enumerable.Range(0, paths).Select(Path).ToArray(), 1), expand);
Tensor c = nn.functional.conv2d(nn.functional.conv2d(nn.functional.conv2d(x, reduce).relu(), transform, padding: [1L, 1L], groups: paths).relu(), expand);

string Difference(Tensor one, Tensor other) => ((one - other).abs().max() / one.abs().max()).item<float>().ToString("G2");

display(Show.Table(new[]
{
    new { Pair = "(a) and (b)", LargestDifference = Difference(a, b) },
    new { Pair = "(a) and (c)", LargestDifference = Difference(a, c) },
    new { Pair = "(b) and (c)", LargestDifference = Difference(b, c) },
}));

// The differences, relative to the largest value, are those of rounding: sums in another order. The exporter uses the equality backwards, too: it joins neighbouring groups where a processor runs wider groups faster, and checks each time that the file is still the same function.
page.AddText(null, "The differences, relative to the largest value, are those of rounding: sums in another order. The exporter uses the equality backwards, too: it joins neighbouring groups where a processor runs wider groups faster, and checks each time that the file is still the same function.");

Console.WriteLine($"Look at {System.IO.Path.GetFullPath("03-the-paper.html")}.");

void display(object value)
{
    page.Add(value);
    Console.WriteLine(value is Figure figure ? $"({figure.MimeType}, on the page)" : value);
}
