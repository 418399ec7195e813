namespace ResNeXt.MLNet;

#pragma warning disable CA1720 // names of types are the field's words for a precision

/// <summary>How a model file stores its weights and computes with them. Input and outputs are float32 in each.</summary>
public enum ModelPrecision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>Weights stored as 16-bit floating point, half the file; computed in float32.</summary>
    Float16,

    /// <summary>Weights and activations in 8 bits, a quarter of the file; the head in float32.</summary>
    Int8,
}
