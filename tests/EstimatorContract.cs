using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.Tests;

/// <summary>What every estimator must keep: what it promises it delivers, and what is saved comes back the same.</summary>
internal static class EstimatorContract
{
    public static void Holds<TTransformer>(MLContext ml, IEstimator<TTransformer> estimator, IDataView data, Func<IDataView, object> values)
        where TTransformer : class, ITransformer
    {
        SchemaShape promised = estimator.GetOutputSchema(Shape(data.Schema));
        TTransformer transformer = estimator.Fit(data);
        using var owner = transformer as IDisposable;
        IDataView transformed = transformer.Transform(data);
        Assert.Equal(Describe(promised), Describe(Shape(transformed.Schema)));
        Assert.Equal(Describe(promised), Describe(Shape(transformer.GetOutputSchema(data.Schema))));
        object expected = values(transformed);

        using var file = new MemoryStream();
        ml.Model.Save(transformer, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema schema);
        using var loadedOwner = loaded as IDisposable;
        Assert.Equal(Describe(Shape(data.Schema)), Describe(Shape(schema)));
        Assert.Equal(expected, values(loaded.Transform(data)));
        Assert.Equal(Describe(promised), Describe(Shape(loaded.GetOutputSchema(data.Schema))));

        using var again = new MemoryStream();
        ml.Model.Save(loaded, data.Schema, again);
        again.Position = 0;
        ITransformer twice = new MLContext().Model.Load(again, out _);
        using var twiceOwner = twice as IDisposable;
        Assert.Equal(expected, values(twice.Transform(data)));
    }

    /// <summary>ML.NET's own view of a schema as a shape; internal there.</summary>
    public static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, [schema])!;

    private static string[] Describe(SchemaShape shape) =>
        [.. shape.Select(column => $"{column.Name}: {column.Kind} {column.ItemType} {column.IsKey} [{string.Join(", ", Describe(column.Annotations).Order())}]").Order()];
}
