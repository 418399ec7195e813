using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace ResNeXt.MLNet;

/// <summary>
/// The columns that are added, once as a promise (<see cref="SchemaShape"/>) and once as the real thing (<see cref="DataViewSchema"/>). Names of
/// annotations are those of ML.NET's own multiclass scorers: evaluators and <c>MapKeyToValue</c> look for them.
/// </summary>
internal static class OutputSchema
{
    private const string SlotNames = "SlotNames";
    private const string KeyValues = "KeyValues";
    private const string TrainingLabelValues = "TrainingLabelValues";
    private const string ScoreColumnSetId = "ScoreColumnSetId";
    private const string ScoreColumnKind = "ScoreColumnKind";
    private const string ScoreValueKind = "ScoreValueKind";

    /// <summary>The promise; a column of the same name is replaced.</summary>
    public static SchemaShape Shape(SchemaShape input, IReadOnlyList<OutputColumn> outputs)
    {
        string[] names = [.. outputs.Select(output => output.Name)];
        return new SchemaShape(input.Where(column => !names.Contains(column.Name)).Concat(outputs.Select(Shape)));
    }

    /// <summary>The columns of <paramref name="input"/>, then ours; of two with the same name ML.NET hides the earlier.</summary>
    /// <exception cref="ArgumentException">The label column numbers the model's labels otherwise.</exception>
    public static DataViewSchema Create(DataViewSchema input, TransformPlan plan, ResNeXtMetadata metadata)
    {
        RequireSameNumbers(input, plan.LabelColumn, metadata);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (OutputColumn output in plan.Outputs)
        {
            builder.AddColumn(output.Name, ColumnType(output.Kind, metadata), Annotations(output.Kind, input, metadata));
        }

        return builder.ToSchema();
    }

    /// <summary>Evaluators compare the numbers of keys, not what they stand for: the same labels in another order would give a wrong accuracy.</summary>
    private static void RequireSameNumbers(DataViewSchema input, string? labelColumn, ResNeXtMetadata metadata)
    {
        if (labelColumn is null || input.GetColumnOrNull(labelColumn) is not DataViewSchema.Column column || KeyNames.Of(column) is not IReadOnlyList<string> names)
        {
            return;
        }

        var numbers = metadata.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        foreach ((int index, string name) in names.Index())
        {
            if (numbers.TryGetValue(name, out int number) && number != index)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Column '{labelColumn}' has '{name}' as key {index + 1} and the model as {number + 1}, and Evaluate compares keys: make them by the labels of the model, MapValueToKey(\"{labelColumn}\", keyData: ml.Data.LoadFromEnumerable(labels.Select(label => new {{ label }}))). Where nothing compares them, set {nameof(ClassifyImagesOptions.LabelColumnName)} to null."));
            }
        }
    }

    private static SchemaShape.Column Shape(OutputColumn output) => output.Kind switch
    {
        OutputKind.Features => new(output.Name, VectorKind.Vector, NumberDataViewType.Single, false),
        OutputKind.Score => new(output.Name, VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(
            [Text(SlotNames, VectorKind.Vector), Text(TrainingLabelValues, VectorKind.Vector), .. ScoreAnnotations()])),
        OutputKind.HasImage => new(output.Name, VectorKind.Scalar, BooleanDataViewType.Instance, false),
        _ => new(output.Name, VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(
            [Text(KeyValues, VectorKind.Vector), .. ScoreAnnotations()])),
    };

    private static SchemaShape.Column[] ScoreAnnotations() =>
    [
        new(ScoreColumnSetId, VectorKind.Scalar, NumberDataViewType.UInt32, true),
        Text(ScoreColumnKind, VectorKind.Scalar),
        Text(ScoreValueKind, VectorKind.Scalar),
    ];

    private static SchemaShape.Column Text(string name, VectorKind kind) => new(name, kind, TextDataViewType.Instance, false);

    private static DataViewType ColumnType(OutputKind kind, ResNeXtMetadata metadata) => kind switch
    {
        OutputKind.Features => new VectorDataViewType(NumberDataViewType.Single, metadata.FeatureWidth),
        OutputKind.Score => new VectorDataViewType(NumberDataViewType.Single, metadata.Labels.Count),
        OutputKind.HasImage => BooleanDataViewType.Instance,
        _ => new KeyDataViewType(typeof(uint), metadata.Labels.Count),
    };

    private static DataViewSchema.Annotations? Annotations(OutputKind kind, DataViewSchema input, ResNeXtMetadata metadata)
    {
        if (kind is OutputKind.Features or OutputKind.HasImage)
        {
            return null;
        }

        var builder = new DataViewSchema.Annotations.Builder();
        if (kind == OutputKind.Score)
        {
            AddLabels(builder, SlotNames, metadata);
            AddLabels(builder, TrainingLabelValues, metadata);
        }
        else
        {
            AddLabels(builder, KeyValues, metadata);
        }

        builder.AddPrimitiveValue(ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), NextScoreColumnSet(input));
        builder.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, "MulticlassClassification".AsMemory());
        builder.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, (kind == OutputKind.Score ? "Score" : "PredictedLabel").AsMemory());
        return builder.ToAnnotations();
    }

    private static void AddLabels(DataViewSchema.Annotations.Builder builder, string name, ResNeXtMetadata metadata)
    {
        ReadOnlyMemory<char>[] labels = [.. metadata.Labels.Select(label => label.AsMemory())];
        var type = new VectorDataViewType(TextDataViewType.Instance, labels.Length);
        builder.Add(name, type, (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, labels.Length);
            labels.CopyTo(editor.Values);
            value = editor.Commit();
        });
    }

    /// <summary>Columns scored together bear one number; a second scorer in a pipeline must take another, as ML.NET's own do.</summary>
    private static uint NextScoreColumnSet(DataViewSchema input)
    {
        uint last = 0;
        foreach (DataViewSchema.Column column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(ScoreColumnSetId)?.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint))
            {
                uint id = 0;
                column.Annotations.GetValue(ScoreColumnSetId, ref id);
                last = Math.Max(last, id);
            }
        }

        return last + 1;
    }
}
