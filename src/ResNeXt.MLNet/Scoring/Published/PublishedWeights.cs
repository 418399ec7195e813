namespace ResNeXt.MLNet;

/// <summary>
/// A file of weights that somebody published: where it is, how to know that it is whole, what it may be used for, how good it is on
/// ImageNet-1K, and the preprocessing that this figure holds for. <c>resnext weights pull</c> fetches it; this library knows the names.
/// </summary>
internal sealed record PublishedWeights
{
    private const string Timm = "https://github.com/huggingface/pytorch-image-models/releases/download/";
    private const string Gluon = "https://github.com/rwightman/pytorch-pretrained-gluonresnet/releases/download/v0.1/";
    private const string Facebook = "https://dl.fbaipublicfiles.com/semiweaksupervision/model_files/";
    private const string PyTorch = "https://download.pytorch.org/models/";

    /// <summary>Architecture, a dot, and a tag for the training: timm's name for the same file.</summary>
    public required string Name { get; init; }

    /// <summary>torchvision's name, <c>ResNeXt50_32X4D_Weights.IMAGENET1K_V1</c> for one.</summary>
    public string? TorchvisionName { get; init; }

    public required string Url { get; init; }

    /// <summary>SPDX identifier.</summary>
    public required string License { get; init; }

    /// <summary>Share of ImageNet's validation images whose first answer is right, in per cent, as published.</summary>
    public required double Top1 { get; init; }

    /// <summary>Share with the right answer among the first five, in per cent, as published.</summary>
    public required double Top5 { get; init; }

    public required ImagePreprocessing Preprocessing { get; init; }

    public string Architecture => Name[..Name.IndexOf('.', StringComparison.Ordinal)];

    public bool NonCommercial => License.StartsWith("CC-BY-NC", StringComparison.Ordinal);

    public string FileName => Url[(Url.LastIndexOf('/') + 1)..];

    /// <summary>The first digits of the SHA-256. PyTorch's file names end with them: <c>resnext50_32x4d-7cdf4587.pth</c>.</summary>
    public string Sha256Prefix => Path.GetFileNameWithoutExtension(FileName)[^8..];

    /// <summary>
    /// All of them. torchvision's figures and preprocessing are its own (0.14); of the others timm's (<c>resnet.py</c>,
    /// <c>results-imagenet.csv</c>, at the test size). Within an architecture the best free ones of torchvision stand first.
    /// </summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        OfTorchvision("resnext50_32x4d.tv2_in1k", "ResNeXt50_32X4D_Weights.IMAGENET1K_V2", "resnext50_32x4d-1a0047aa.pth", 232, 81.198, 95.340),
        OfTorchvision("resnext50_32x4d.tv_in1k", "ResNeXt50_32X4D_Weights.IMAGENET1K_V1", "resnext50_32x4d-7cdf4587.pth", 256, 77.618, 93.698),
        OfTimm("resnext50_32x4d.a1h_in1k", "v0.1-rsb-weights/resnext50_32x4d_a1h-0146ab0a.pth", 288, 288, 82.016, 95.934),
        OfTimm("resnext50_32x4d.a1_in1k", "v0.1-rsb-weights/resnext50_32x4d_a1_0-b5a91a1d.pth", 288, 288, 81.480, 95.152),
        OfTimm("resnext50_32x4d.a2_in1k", "v0.1-rsb-weights/resnext50_32x4d_a2_0-efc76add.pth", 288, 288, 81.304, 95.114),
        OfTimm("resnext50_32x4d.a3_in1k", "v0.1-rsb-weights/resnext50_32x4d_a3_0-3e450271.pth", 224, 235, 79.258, 94.308),
        OfTimm("resnext50_32x4d.ra_in1k", "v0.1-weights/resnext50_32x4d_ra-d733960d.pth", 288, 303, 80.720, 95.344),
        OfGluon("resnext50_32x4d.gluon_in1k", "gluon_resnext50_32x4d-e6a097c1.pth", 79.354, 94.424),
        OfFacebook("resnext50_32x4d.fb_swsl_ig1b_ft_in1k", Facebook + "semi_weakly_supervised_resnext50_32x4-72679e44.pth", 82.162, 96.224),
        OfFacebook("resnext50_32x4d.fb_ssl_yfcc100m_ft_in1k", Facebook + "semi_supervised_resnext50_32x4-ddb3e555.pth", 80.316, 95.386),

        OfGluon("resnext101_32x4d.gluon_in1k", "gluon_resnext101_32x4d-b253c8c4.pth", 80.336, 94.908),
        OfFacebook("resnext101_32x4d.fb_swsl_ig1b_ft_in1k", Facebook + "semi_weakly_supervised_resnext101_32x4-3f87e46b.pth", 83.268, 96.760),
        OfFacebook("resnext101_32x4d.fb_ssl_yfcc100m_ft_in1k", Facebook + "semi_supervised_resnext101_32x4-dc43570a.pth", 80.936, 95.732),

        OfTorchvision("resnext101_32x8d.tv2_in1k", "ResNeXt101_32X8D_Weights.IMAGENET1K_V2", "resnext101_32x8d-110c445d.pth", 232, 82.834, 96.228),
        OfTorchvision("resnext101_32x8d.tv_in1k", "ResNeXt101_32X8D_Weights.IMAGENET1K_V1", "resnext101_32x8d-8ba56ff5.pth", 256, 79.312, 94.526),
        OfFacebook("resnext101_32x8d.fb_swsl_ig1b_ft_in1k", Facebook + "semi_weakly_supervised_resnext101_32x8-b4712904.pth", 84.276, 97.188),
        OfFacebook("resnext101_32x8d.fb_wsl_ig1b_ft_in1k", PyTorch + "ig_resnext101_32x8-c38310e5.pth", 82.720, 96.624),
        OfFacebook("resnext101_32x8d.fb_ssl_yfcc100m_ft_in1k", Facebook + "semi_supervised_resnext101_32x8-2cfe2f8b.pth", 81.620, 96.036),

        OfTorchvision("resnext101_64x4d.tv_in1k", "ResNeXt101_64X4D_Weights.IMAGENET1K_V1", "resnext101_64x4d-173b62eb.pth", 232, 83.246, 96.454),
        OfTimm("resnext101_64x4d.c1_in1k", "v0.1-tpu-weights/resnext101_64x4d_c-0d0e0cc0.pth", 288, 288, 83.158, 96.370),
        OfGluon("resnext101_64x4d.gluon_in1k", "gluon_resnext101_64x4d-f9a8e184.pth", 80.640, 95.000),

        OfFacebook("resnext101_32x16d.fb_wsl_ig1b_ft_in1k", PyTorch + "ig_resnext101_32x16-c6f796b0.pth", 84.166, 97.192),
        OfFacebook("resnext101_32x16d.fb_swsl_ig1b_ft_in1k", Facebook + "semi_weakly_supervised_resnext101_32x16-f3559a9c.pth", 83.340, 96.844),
        OfFacebook("resnext101_32x16d.fb_ssl_yfcc100m_ft_in1k", Facebook + "semi_supervised_resnext101_32x16-15fffa57.pth", 81.856, 96.084),
        OfFacebook("resnext101_32x32d.fb_wsl_ig1b_ft_in1k", PyTorch + "ig_resnext101_32x32-e4b90b00.pth", 85.090, 97.442),

        OfTorchvision("resnet50.tv2_in1k", "ResNet50_Weights.IMAGENET1K_V2", "resnet50-11ad3fa6.pth", 232, 80.858, 95.434),
        OfTorchvision("resnet50.tv_in1k", "ResNet50_Weights.IMAGENET1K_V1", "resnet50-0676ba61.pth", 256, 76.130, 92.862),
        OfTorchvision("resnet101.tv2_in1k", "ResNet101_Weights.IMAGENET1K_V2", "resnet101-cd907fc2.pth", 232, 81.886, 95.780),
        OfTorchvision("resnet101.tv_in1k", "ResNet101_Weights.IMAGENET1K_V1", "resnet101-63fe2227.pth", 256, 77.374, 93.546),
        OfTorchvision("resnet152.tv2_in1k", "ResNet152_Weights.IMAGENET1K_V2", "resnet152-f82ba261.pth", 232, 82.284, 96.002),
        OfTorchvision("resnet152.tv_in1k", "ResNet152_Weights.IMAGENET1K_V1", "resnet152-394f9c45.pth", 256, 78.312, 94.046),
    ];

    /// <summary>
    /// The weights of that name, timm's or torchvision's; the name of an architecture alone means the first of its weights that may be
    /// used for everything.
    /// </summary>
    public static PublishedWeights? Find(string name) =>
        All.FirstOrDefault(weights => weights.Name == name || weights.TorchvisionName == name)
        ?? All.FirstOrDefault(weights => weights.Architecture == name && !weights.NonCommercial);

    /// <summary>What to tell somebody whose name <see cref="Find"/> does not know.</summary>
    public static string Unknown(string name)
    {
        string[] restricted = [.. All.Where(weights => weights.Architecture == name).Select(weights => weights.Name)];
        string[] closest = [.. ClosestNames.To(name, All.SelectMany(weights => (string?[])[weights.Name, weights.TorchvisionName]).OfType<string>())];
        return restricted.Length > 0 ? $"all published weights of '{name}' are for non-commercial use only and need their full name: {string.Join(", ", restricted)}."
            : $"'{name}' is not the name of published weights: {(closest.Length > 0 ? $"did you mean {string.Join(", ", closest)}? " : "")}`resnext weights list` has them all.";
    }

    /// <summary>The weights whose file has this hash, whatever the file is called.</summary>
    public static PublishedWeights? OfHash(string sha256) =>
        All.FirstOrDefault(weights => sha256.StartsWith(weights.Sha256Prefix, StringComparison.Ordinal));

    private static PublishedWeights OfTorchvision(string name, string torchvisionName, string file, int resize, double top1, double top5) => new()
    {
        Name = name,
        TorchvisionName = torchvisionName,
        Url = PyTorch + file,
        License = "BSD-3-Clause",
        Top1 = top1,
        Top5 = top5,
        Preprocessing = new ImagePreprocessing { ResizeSize = resize },
    };

    private static PublishedWeights OfTimm(string name, string file, int imageSize, int resize, double top1, double top5) => new()
    {
        Name = name,
        Url = Timm + file,
        License = "Apache-2.0",
        Top1 = top1,
        Top5 = top5,
        Preprocessing = new ImagePreprocessing { ImageSize = imageSize, ResizeSize = resize, Interpolation = ImageInterpolation.Bicubic },
    };

    private static PublishedWeights OfGluon(string name, string file, double top1, double top5) =>
        OfTimm(name, file, 224, 256, top1, top5) with { Url = Gluon + file };

    private static PublishedWeights OfFacebook(string name, string url, double top1, double top5) => new()
    {
        Name = name,
        Url = url,
        License = "CC-BY-NC-4.0",
        Top1 = top1,
        Top5 = top5,
        Preprocessing = new ImagePreprocessing(),
    };
}
