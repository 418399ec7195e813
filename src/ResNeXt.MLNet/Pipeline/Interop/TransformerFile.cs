using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ResNeXt.MLNet;

[assembly: LoadableClass(
    typeof(ResNeXtTransformer), typeof(TransformerFile), null, typeof(SignatureLoadModel), "ResNeXt image transform", TransformerFile.Signature)]

namespace ResNeXt.MLNet;

/// <summary>
/// The transformer inside an ML.NET zip: column names, batch size, how images are read and with what threads in the main stream, the whole .onnx file in a stream of its
/// own. ML.NET finds the assembly and this class by the names in the header, so that a bare <c>Model.Load</c> works.
/// </summary>
internal static class TransformerFile
{
    /// <summary>The name in the header of the stream. It is in model files: never change it.</summary>
    public const string Signature = "ResNeXtTransformer";

    /// <summary>The format that is written, and the newest that is read.</summary>
    public const uint FormatVersion = 5;

    /// <summary>The first format with the limits and the way of decoding.</summary>
    private const uint WithDecoding = 2;

    /// <summary>The first format with the threads.</summary>
    private const uint WithThreads = 3;

    /// <summary>The first format with the column of true labels.</summary>
    private const uint WithLabelColumn = 4;

    /// <summary>The first format with a digest of all the others; the .onnx file has one of its own.</summary>
    private const uint WithDigest = 5;

    private const string OnnxStream = "Model.onnx";

    public static void Save(ModelSaveContext context, TransformPlan plan, byte[] onnx)
    {
        context.SetVersionInfo(Version());
        context.SaveBinaryStream(OnnxStream, writer => writer.Write(onnx));
        context.SaveNonEmptyString(plan.Input);
        context.Writer.Write(plan.BatchSize);
        context.Writer.Write(plan.Outputs.Count);
        foreach (OutputColumn output in plan.Outputs)
        {
            context.Writer.Write((int)output.Kind);
            context.SaveNonEmptyString(output.Name);
        }

        context.Writer.Write(plan.Limits.MaxPixels);
        context.Writer.Write(plan.Limits.MaxEncodedBytes);
        context.Writer.Write(plan.FastDecode ? 1 : 0);
        context.Writer.Write(plan.Threads.IntraOp);
        context.Writer.Write(plan.Threads.AllowSpinning ? 1 : 0);
        context.SaveString(plan.LabelColumn ?? "");
        context.SaveString(Digest(plan));
    }

    /// <summary>Called by ML.NET through reflection; what it throws comes out of <c>Model.Load</c> as the innermost exception.</summary>
    private static ResNeXtTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        if (context.Header.ModelVerReadable > FormatVersion)
        {
            throw new InvalidDataException(
                $"The model file holds a ResNeXt transformer of format {context.Header.ModelVerReadable}, this library reads up to {FormatVersion}: update the package ResNeXt.MLNet.");
        }

        context.CheckVersionInfo(Version());
        string input = context.LoadNonEmptyString();
        int batchSize = ReadNumber(context, "batch size", 1, TransformPlan.MaxBatchSize);
        var outputs = new OutputColumn[ReadNumber(context, "number of columns", 1, Enum.GetValues<OutputKind>().Length)];
        for (int i = 0; i < outputs.Length; i++)
        {
            var kind = (OutputKind)ReadNumber(context, "kind of a column", 0, (int)Enum.GetValues<OutputKind>().Max());
            outputs[i] = new OutputColumn(kind, context.LoadNonEmptyString());
        }

        (ImageLimits limits, bool fastDecode) = context.Header.ModelVerWritten < WithDecoding
            ? (ImageLimits.Default, false)
            : (ReadLimits(context), ReadNumber(context, "way of decoding", 0, 1) == 1);
        SessionThreads threads = context.Header.ModelVerWritten < WithThreads ? SessionThreads.Default : ReadThreads(context);
        string labelColumn = context.Header.ModelVerWritten < WithLabelColumn ? "" : context.LoadString();
        var plan = new TransformPlan(input, outputs, batchSize, limits, fastDecode, threads, labelColumn.Length == 0 ? null : labelColumn);
        if (context.Header.ModelVerWritten >= WithDigest && context.LoadString() != Digest(plan))
        {
            throw new InvalidDataException("The model file is damaged: the settings of its ResNeXt transformer are not what was written, by their digest. Copy or save it anew.");
        }

        byte[]? onnx = null;
        context.TryLoadBinaryStream(OnnxStream, reader => onnx = ReadToEnd(reader.BaseStream));
        return new ResNeXtTransformer(
            environment,
            plan,
            onnx ?? throw new InvalidDataException($"The model file is damaged: '{OnnxStream}' is missing."),
            OnnxStream,
            ExecutionDevice.Auto);
    }

    /// <summary>The SHA-256 of everything that is saved of a plan.</summary>
    private static string Digest(TransformPlan plan)
    {
        IEnumerable<object> values = [
            plan.Input, plan.BatchSize, .. plan.Outputs.SelectMany(output => new object[] { output.Kind, output.Name }), plan.Limits.MaxPixels, plan.Limits.MaxEncodedBytes,
            plan.FastDecode, plan.Threads.IntraOp, plan.Threads.AllowSpinning, plan.LabelColumn ?? ""];
        string text = string.Join('\0', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static ImageLimits ReadLimits(ModelLoadContext context) => new()
    {
        MaxPixels = ReadNumber(context, "limit of pixels", 1, ImageLimits.MostPixels),
        MaxEncodedBytes = ReadNumber(context, "limit of encoded bytes", 1, ImageLimits.MostEncodedBytes),
    };

    private static SessionThreads ReadThreads(ModelLoadContext context) => new()
    {
        IntraOp = ReadNumber(context, "number of threads", 0, SessionThreads.MostIntraOp),
        AllowSpinning = ReadNumber(context, "spinning of threads", 0, 1) == 1,
    };

    private static int ReadNumber(ModelLoadContext context, string name, int least, int most)
    {
        int number = context.Reader.ReadInt32();
        return number >= least && number <= most
            ? number
            : throw new InvalidDataException($"The model file is damaged: its {name} is {number}, expected {least} to {most}.");
    }

    /// <summary>ML.NET gives a file or memory: the length is known, and growing a buffer to 100 MB would be a quarter of a second.</summary>
    private static byte[] ReadToEnd(Stream stream)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)(stream.Length - stream.Position)));
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The assembly without its version: a file of a newer library shall reach the check above, not fail to bind.</summary>
    private static VersionInfo Version() => new(
        modelSignature: "RESNEXT ",
        verWrittenCur: FormatVersion,
        verReadableCur: FormatVersion,
        verWeCanReadBack: 1,
        loaderAssemblyName: typeof(TransformerFile).Assembly.GetName().Name,
        loaderSignature: Signature);
}
