namespace ResNeXt.Training;

/// <summary>What 8 bits do to one layer.</summary>
/// <param name="Name">Name of the node that computes it; <see cref="QuantizationOptions.KeepFloat"/> takes the names of convolutions and additions.</param>
/// <param name="Min">Smallest value that is held.</param>
/// <param name="Max">Largest value that is held.</param>
/// <param name="SignalToNoise">
/// Power of the float model's activations over that of their difference in the quantised model, in decibels, with the errors of all layers before it.
/// </param>
public sealed record LayerPrecision(string Name, double Min, double Max, double SignalToNoise);
