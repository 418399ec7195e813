using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>The values of our columns, as ML.NET asks for them: a delegate that fills the caller's buffer from the current row.</summary>
internal static class ScoreGetters
{
    /// <param name="output">The column.</param>
    /// <param name="current">Gives the vector of the current row.</param>
    public static ValueGetter<TValue> Create<TValue>(OutputColumn output, Func<float[]> current)
    {
        Delegate getter = output.Kind == OutputKind.PredictedLabel ? PredictedLabel(current) : Vector(current);
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{output.Name}' was asked for as {typeof(TValue).Name}: expected {(output.Kind == OutputKind.PredictedLabel ? "UInt32 (a key)" : "VBuffer<Single>")}.");
    }

    private static ValueGetter<VBuffer<float>> Vector(Func<float[]> current) => (ref VBuffer<float> value) =>
    {
        float[] source = current();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, source.Length);
        source.CopyTo(editor.Values);
        value = editor.Commit();
    };

    /// <summary>Keys count from 1.</summary>
    private static ValueGetter<uint> PredictedLabel(Func<float[]> current) => (ref uint value) => value = (uint)TensorPrimitives.IndexOfMax(current()) + 1;
}
