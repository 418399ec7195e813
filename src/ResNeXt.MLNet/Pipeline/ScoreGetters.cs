using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>The values of our columns, as ML.NET asks for them: a delegate that fills the caller's buffer from the current row.</summary>
internal static class ScoreGetters
{
    /// <param name="output">The column.</param>
    /// <param name="width">Length of the row's vector.</param>
    /// <param name="current">Gives the vector of the current row, <see langword="null"/> where it has no image.</param>
    public static ValueGetter<TValue> Create<TValue>(OutputColumn output, int width, Func<float[]?> current)
    {
        (Delegate getter, string type) = output.Kind switch
        {
            OutputKind.PredictedLabel => ((Delegate)PredictedLabel(current), "UInt32 (a key)"),
            OutputKind.HasImage => (HasImage(current), "Boolean"),
            _ => (Vector(width, current), "VBuffer<Single>"),
        };
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{output.Name}' was asked for as {typeof(TValue).Name}: expected {type}.");
    }

    /// <summary>NaN is ML.NET's missing value.</summary>
    private static ValueGetter<VBuffer<float>> Vector(int width, Func<float[]?> current) => (ref VBuffer<float> value) =>
    {
        float[]? source = current();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, width);
        if (source is null)
        {
            editor.Values.Fill(float.NaN);
        }
        else
        {
            source.CopyTo(editor.Values);
        }

        value = editor.Commit();
    };

    /// <summary>Keys count from 1; 0 is the missing key.</summary>
    private static ValueGetter<uint> PredictedLabel(Func<float[]?> current) => (ref uint value) =>
        value = current() is float[] scores ? (uint)TensorPrimitives.IndexOfMax(scores) + 1 : 0;

    private static ValueGetter<bool> HasImage(Func<float[]?> current) => (ref bool value) => value = current() is not null;
}
