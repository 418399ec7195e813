using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class SafeTensorsFileTests(Shapes shapes)
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameBitForBit()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor channelsLast = ChannelsLast.From(rand(2, 3, 4, 5));
        Tensor counter = tensor(42L);
        string path = Write(("weight", channelsLast), ("counter", counter), ("empty", zeros(0, 3)));

        using var file = new SafeTensorsFile(path);

        Assert.Equal("yes", file.Metadata["is it ours?"]);
        Assert.Equal([2, 3, 4, 5], file.Shape("weight"));
        Assert.Equal(channelsLast.contiguous().data<float>().ToArray(), file.Read("weight").data<float>().ToArray());
        Assert.Equal(42, file.Read("counter").item<long>());
        Assert.Equal([0, 3], file.Read("empty").shape);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775800,9223372036854775804]}}""", "gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "end at byte 4 of 8")]
    [InlineData("""{"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}""", "'F8'")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,8]}}""", "header")]
    [InlineData("""{"a":{"dtype":"F32"}}""", "header")]
    [InlineData("""{"a":1}""", "header")]
    [InlineData("""[]""", "header")]
    [InlineData("""{"a":""", "header")]
    public void Open_DamagedHeader_SaysWhatIsWrong(string header, string mention)
    {
        string path = shapes.NewPath(".safetensors");
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. new byte[8]]);

        var exception = Assert.Throws<InvalidDataException>(() => new SafeTensorsFile(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(mention, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(40)]
    [InlineData(-1)]
    public void Open_TruncatedFile_IsRefused(int length)
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Write(("weight", rand(100)));
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, length < 0 ? whole[..^1] : whole[..length]);

        Assert.Throws<InvalidDataException>(() => new SafeTensorsFile(path));
    }

    [Fact]
    public void Open_HugeHeaderLength_IsRefusedBeforeMemoryIsTaken()
    {
        string path = shapes.NewPath(".safetensors");
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, long.MaxValue);
        File.WriteAllBytes(path, bytes);

        Assert.Throws<InvalidDataException>(() => new SafeTensorsFile(path));
    }

    private string Write(params (string, Tensor)[] tensors)
    {
        string path = shapes.NewPath(".safetensors");
        using FileStream stream = File.Create(path);
        SafeTensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["is it ours?"] = "yes" });
        return path;
    }
}
