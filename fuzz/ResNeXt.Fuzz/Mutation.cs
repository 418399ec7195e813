namespace ResNeXt.Fuzz;

/// <summary>What disks, networks and attackers do to files, format or not.</summary>
internal static class Mutation
{
    public static byte[] Of(IReadOnlyList<byte[]> seeds, Random random)
    {
        byte[] file = [.. seeds[random.Next(seeds.Count)]];
        for (int times = 1 + random.Next(3); times > 0 && file.Length > 0; times--)
        {
            file = Once(file, seeds[random.Next(seeds.Count)], random);
        }

        return file;
    }

    private static byte[] Once(byte[] file, byte[] other, Random random)
    {
        switch (random.Next(6))
        {
            case 0: // some bits, often all of them at the start or the end, where headers and directories are
                int reach = random.Next(2) == 0 ? Math.Min(300, file.Length) : file.Length, start = random.Next(3) == 0 ? file.Length - reach : 0;
                for (int i = random.Next(1, 12); i > 0; i--)
                {
                    file[start + random.Next(reach)] ^= (byte)(1 << random.Next(8));
                }

                return file;
            case 1: // an end
                return file[..random.Next(file.Length)];
            case 2: // a piece of another file, or of itself, in place of some bytes
                int from = random.Next(other.Length), at = random.Next(file.Length);
                return [.. file[..at], .. other.AsSpan(from, Math.Min(random.Next(64), other.Length - from)), .. file[Math.Min(at + random.Next(64), file.Length)..]];
            case 3: // the start of another file
                return [.. other[..random.Next(Math.Min(200, other.Length))], .. file[random.Next(Math.Min(200, file.Length))..]];
            case 4: // absurd numbers, where a header may have some
                byte[] absurd = random.Next(6) switch
                {
                    0 => [255, 255, 255, 255],
                    1 => [255, 255, 255, 255, 255, 255, 255, 127],
                    2 => [0, 0, 0, 0],
                    3 => [0, 0, 0, 128],
                    4 => [0xFF, 0xFF],
                    _ => [0x7F, 0xFF],
                };
                int within = random.Next(2) == 0 ? Math.Min(64, file.Length) : file.Length;
                absurd.AsSpan(0, Math.Min(absurd.Length, file.Length)).CopyTo(file.AsSpan(random.Next(Math.Max(within - absurd.Length, 1))));
                return file;
            default: // another byte in place of one
                file[random.Next(file.Length)] = (byte)random.Next(256);
                return file;
        }
    }
}
