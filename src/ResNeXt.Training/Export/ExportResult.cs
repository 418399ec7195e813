namespace ResNeXt.Training;

/// <summary>What an export gave.</summary>
/// <param name="MaxAbsError">
/// The largest absolute difference of a logit: ONNX Runtime against TorchSharp on random pixels; for int8 the quantised against the float model
/// on the calibration images held back.
/// </param>
/// <param name="Quantization">What the quantisation did, for int8.</param>
public sealed record ExportResult(double MaxAbsError, QuantizationReport? Quantization = null);
