using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class KeyNamesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Of_KeysOfEveryKindOfValue_AreTheirText()
    {
        Assert.Equal(["b", "a"], Keys("b", "a", "b"));
        Assert.Equal(["True", "False"], Keys(true, false));
        Assert.Equal(["2.5", "-1"], Keys(2.5f, -1f));
        Assert.Equal(["2.5", "1E+300"], Keys(2.5, 1e300));
        Assert.Equal(["3", "-4"], Keys<sbyte>(3, -4));
        Assert.Equal(["3", "4"], Keys<byte>(3, 4));
        Assert.Equal(["3", "-4"], Keys<short>(3, -4));
        Assert.Equal(["3", "4"], Keys<ushort>(3, 4));
        Assert.Equal(["3", "-4"], Keys(3, -4));
        Assert.Equal(["3", "4"], Keys(3u, 4u));
        Assert.Equal(["3", "-4"], Keys(3L, -4L));
        Assert.Equal(["3", "4"], Keys(3UL, 4UL));
        Assert.Null(Keys(DateTime.UnixEpoch));
    }

    [Fact]
    public void Of_ColumnsWithoutNames_AreNull()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new PathRow()]);

        Assert.All(data.Schema, column => Assert.Null(KeyNames.Of(column)));
    }

    private IReadOnlyList<string>? Keys<T>(params T[] values)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(values.Select(value => new Row<T> { Label = value }));
        return KeyNames.Of(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data).Schema["Label"]);
    }

    private sealed class Row<T>
    {
        public T? Label { get; set; }
    }
}
