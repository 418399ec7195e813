namespace ResNeXt.Training;

/// <content>What a teacher is, and how much is learned from it.</content>
public abstract partial record TrainRecipe
{
    /// <summary>
    /// An ONNX file to learn from: a model of ours, whose metadata says how a photo is prepared, or any other network with photos in and vectors or maps out. Its
    /// outputs are computed once, before the first epoch, and kept (<see cref="TeacherCache"/>).
    /// </summary>
    /// <value>The default, null, learns from labels alone.</value>
    public string? Teacher { get; init; }

    /// <summary>
    /// The value of the teacher's graph that is learned, whether the file declares it an output or not: <c>[N, C]</c>, a vector of the whole photo, or <c>[N, C, h, w]</c>, a map
    /// that is looked up where the student's crop lies.
    /// </summary>
    /// <value>The default, null, is what a model of ours pools to <c>features</c>, else the file's only output.</value>
    public string? TeacherOutput { get; init; }

    /// <summary>Edge of the square that a teacher of another kind sees; the whole photo is squeezed into it.</summary>
    /// <value>16 to 1024 pixels. The default, null, is that of its input, else 224.</value>
    public int? TeacherImageSize { get; init; }

    /// <summary>Mean of red, green and blue, in this order, that is subtracted for a teacher of another kind, on the scale 0 to 1.</summary>
    /// <value>Three values. The default, null, is ImageNet's; 0,0,0 for a network that does it itself.</value>
    public IReadOnlyList<float>? TeacherMean { get; init; }

    /// <summary>Standard deviation of red, green and blue, in this order, that is divided by then, on the scale 0 to 1.</summary>
    /// <value>Three values above 0. The default, null, is ImageNet's; 1/255 = 0.00392156863 for a network that takes 0 to 255.</value>
    public IReadOnlyList<float>? TeacherStd { get; init; }

    /// <summary>The order of the colours in the input of a teacher of another kind.</summary>
    /// <value>The default is <see cref="ChannelOrder.Rgb"/>.</value>
    public ChannelOrder TeacherChannelOrder { get; init; }

    /// <summary>Which squares of a photo the teacher sees; its vectors are averaged.</summary>
    /// <value>The default is <see cref="ImageViews.Center"/>, the only one for maps.</value>
    public ImageViews TeacherViews { get; init; }

    /// <summary>Folder that keeps the teacher's outputs: runs with the same photos and teacher may share one.</summary>
    /// <value>The default, null, is <c>teacher</c> in the folder of the run.</value>
    public string? TeacherCache { get; init; }

    /// <summary>Weight of the mean squared error between a linear layer over the student's features and the teacher's, each of which is standardised over the training photos.</summary>
    /// <value>At least 0. The default, null, is 10 where the teacher gives features: not where <see cref="DistillLogits"/> takes the output of a teacher of another kind.</value>
    public double? DistillFeatures { get; init; }

    /// <summary>Weight of the same at each place of the student's last map, against the teacher's map there.</summary>
    /// <value>At least 0; above 0 with a teacher that gives maps. The default is 0.</value>
    public double DistillMaps { get; init; }

    /// <summary>Weight of the Kullback-Leibler divergence from the teacher's classes, softened by <see cref="DistillTemperature"/> and times its square (Hinton et al. 2015).</summary>
    /// <value>At least 0; above 0 with a teacher of the same classes. The default, null, is 1 for a model of ours that has them, unless <see cref="LabelWeight"/> is 0; else 0.</value>
    public double? DistillLogits { get; init; }

    /// <summary>What logits of both are divided by there.</summary>
    /// <value>Above 0, at most 100. The default is 4.</value>
    public double DistillTemperature { get; init; } = 4;

    /// <summary>Weight of the cross-entropy with the labels.</summary>
    /// <value>
    /// At least 0; other than 1 with a <see cref="Teacher"/>. The default, null, is 1, and 0 for photos without labels. Where neither labels nor <see cref="DistillLogits"/> teach
    /// classes, the model is a featurizer: it has no classes.
    /// </value>
    public double? LabelWeight { get; init; }

    /// <summary>Whether something teaches classes, so that there is a head to export.</summary>
    internal bool LearnsClasses => LabelWeight is not 0 || DistillLogits > 0;

    private void ValidateDistillation()
    {
        bool has = Teacher is not null;
        const string Without = "none without a Teacher";
        Require(has || TeacherOutput is null, nameof(TeacherOutput), TeacherOutput, Without);
        Require(has || TeacherImageSize is null, nameof(TeacherImageSize), TeacherImageSize, Without);
        Require(has || TeacherMean is null, nameof(TeacherMean), Text(TeacherMean), Without);
        Require(has || TeacherStd is null, nameof(TeacherStd), Text(TeacherStd), Without);
        Require(has || TeacherChannelOrder == ChannelOrder.Rgb, nameof(TeacherChannelOrder), TeacherChannelOrder, "Rgb without a Teacher");
        Require(has || TeacherViews == ImageViews.Center, nameof(TeacherViews), TeacherViews, "Center without a Teacher");
        Require(has || TeacherCache is null, nameof(TeacherCache), TeacherCache, Without);
        Require(has || DistillFeatures is null, nameof(DistillFeatures), DistillFeatures, Without);
        Require(has || DistillLogits is null, nameof(DistillLogits), DistillLogits, Without);
        Require(has || DistillMaps == 0, nameof(DistillMaps), DistillMaps, "0 without a Teacher");
        Require(has || DistillTemperature == 4, nameof(DistillTemperature), DistillTemperature, "4, the default, without a Teacher");
        Require(has || LabelWeight is null or 1, nameof(LabelWeight), LabelWeight, "1 without a Teacher: there is nothing else to learn from");
        Require(TeacherImageSize is null or (>= 16 and <= 1024), nameof(TeacherImageSize), TeacherImageSize, "16 to 1024 pixels");
        Require(TeacherMean is null || (TeacherMean.Count == 3 && TeacherMean.All(float.IsFinite)), nameof(TeacherMean), Text(TeacherMean), "three finite numbers");
        Require(TeacherStd is null || (TeacherStd.Count == 3 && TeacherStd.All(s => float.IsFinite(s) && s > 0)), nameof(TeacherStd), Text(TeacherStd), "three numbers above zero");
        Require(Enum.IsDefined(TeacherChannelOrder), nameof(TeacherChannelOrder), TeacherChannelOrder, "Rgb or Bgr");
        Require(Enum.IsDefined(TeacherViews), nameof(TeacherViews), TeacherViews, "Center, Flip or TenCrop");
        Require(DistillFeatures is null || IsWeight(DistillFeatures.Value), nameof(DistillFeatures), DistillFeatures, "0 or more");
        Require(IsWeight(DistillMaps), nameof(DistillMaps), DistillMaps, "0 or more");
        Require(DistillLogits is null || IsWeight(DistillLogits.Value), nameof(DistillLogits), DistillLogits, "0 or more");
        Require(LabelWeight is null || IsWeight(LabelWeight.Value), nameof(LabelWeight), LabelWeight, "0 or more");
        Require(DistillTemperature is > 0 and <= 100, nameof(DistillTemperature), DistillTemperature, "above 0, at most 100");
        Require(!has || MixupAlpha == 0, nameof(MixupAlpha), MixupAlpha, "0 with a Teacher, which has not seen mixed photos");
        Require(!has || CutmixAlpha == 0, nameof(CutmixAlpha), CutmixAlpha, "0 with a Teacher, which has not seen mixed photos");
        Require(!has || Trainable != TrainableLayers.Head, nameof(Trainable), Trainable, "All or LastStage with a Teacher, which teaches features");
    }

    private static bool IsWeight(double value) => value >= 0 && double.IsFinite(value);

    private static string Text(IEnumerable<float>? values) => string.Join(", ", (values ?? []).Select(value => FormattableString.Invariant($"{value}")));
}
