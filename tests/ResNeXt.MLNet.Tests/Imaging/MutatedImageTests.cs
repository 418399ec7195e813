using System.Diagnostics;

namespace ResNeXt.MLNet.Tests;

/// <summary>Damaged files of every format: each is decoded or refused, soon, and nothing is kept of it.</summary>
public class MutatedImageTests
{
    private const int CountInCI = 400;

    private static readonly byte[][] Originals =
        [.. Golden.Files.Select(row => Golden.Of(row.Data).FullPath).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>RESNEXT_MUTATIONS=20000 makes it the long run, which alone looks at the memory of the process: other tests run beside the short one.</summary>
    [Fact]
    public void Decode_MutatedFiles_GivesPixelsOrRefusesSoon()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RESNEXT_MUTATIONS"), out int asked) ? asked : CountInCI;
        int decoded = 0, refused = 0;
        long memory = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] mutated = Mutate(new Random(seed));
            string outcome;
            var clock = Stopwatch.StartNew();
            try
            {
                using RgbImage image = ImageDecoder.Decode(mutated, "a.jpg");
                Assert.Equal(image.Width * image.Height * RgbImage.PixelBytes, image.Rgba.Length);
                outcome = $"{image.Width} x {image.Height}";
                decoded++;
            }
            catch (InvalidDataException exception)
            {
                outcome = exception.Message;
                refused++;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"Seed {seed} took {clock.Elapsed}: {outcome}");
            memory = seed == count / 4 ? Environment.WorkingSet : memory;
        }

        long growth = Environment.WorkingSet - memory;
        TestContext.Current.TestOutputHelper?.WriteLine($"{decoded} decoded, {refused} refused, {growth >> 20} MiB more than after a quarter, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB at most");
        Assert.True(decoded > 0 && refused > 0);
        Assert.True(count == CountInCI || growth < 128 << 20);
    }

    private static byte[] Mutate(Random random)
    {
        byte[] bytes = [.. Originals[random.Next(Originals.Length)]];
        switch (random.Next(4))
        {
            case 0: // some bits, at times all of them in the headers
                int reach = random.Next(2) == 0 ? Math.Min(64, bytes.Length) : bytes.Length;
                for (int i = random.Next(1, 20); i > 0; i--)
                {
                    bytes[random.Next(reach)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1: // an end
                return bytes[..random.Next(bytes.Length)];
            case 2: // the start of another file
                byte[] other = Originals[random.Next(Originals.Length)];
                return [.. other[..random.Next(Math.Min(200, other.Length))], .. bytes[random.Next(Math.Min(200, bytes.Length))..]];
            default: // absurd dimensions, where a header has them or elsewhere
                byte[] absurd = random.Next(4) switch { 0 => [0xFF, 0xFF], 1 => [0x7F, 0xFF], 2 => [0, 0], _ => [0xFF, 0xFF, 0xFF, 0xFF] };
                for (int i = random.Next(1, 3); i > 0 && bytes.Length > 8; i--)
                {
                    absurd.CopyTo(bytes, Place(bytes, random) is int at && at + absurd.Length <= bytes.Length ? at : 0);
                }

                return bytes;
        }
    }

    private static int Place(byte[] bytes, Random random) => bytes[0] switch
    {
        0xFF => StartOfFrame(bytes) is > 0 and int frame ? frame + 5 + (2 * random.Next(2)) : random.Next(bytes.Length),
        0x89 => 16 + (4 * random.Next(2)),
        (byte)'G' => 6 + (2 * random.Next(2)),
        (byte)'B' => 18 + (4 * random.Next(2)),
        _ => random.Next(Math.Min(64, bytes.Length)),
    };

    private static int StartOfFrame(byte[] jpeg) => Math.Max(jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]), jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC2]));
}
