namespace ResNeXt.Training;

/// <summary>A picture of the report.</summary>
/// <param name="Address">The picture, as <see cref="Thumbnail"/> makes it.</param>
/// <param name="Label">Its true class.</param>
internal record ReportImage(string Address, string Label);
