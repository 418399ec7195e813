using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResNeXt.Training.Tests;

/// <summary>What two equal runs must have in common in a checkpoint: every tensor, every figure, all but what depends on the clock.</summary>
internal static class SavedRun
{
    public static string Of(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonObject tensors = JsonNode.Parse(file.AsSpan(8, header))!.AsObject();
        tensors.Remove("__metadata__");
        CheckpointInfo info = Checkpoint.ReadInfo(path);
        info = info with { History = [.. info.History.Select(row => row with { ImagesPerSecond = 0, DataWait = 0, MemoryMB = 0, Seconds = 0, Ended = default })] };
        return $"{JsonSerializer.Serialize(info)}\n{tensors.ToJsonString()}\n{Convert.ToHexString(SHA256.HashData(file.AsSpan(8 + header)))}";
    }
}
