using ResNeXt.MLNet;

namespace Quickstart;

/// <summary>Photos in three parts of the same mixture: half for the network, three tenths for the pipeline, the rest held out.</summary>
internal sealed record PhotoSplit(IReadOnlyList<LabeledImage> Network, IReadOnlyList<LabeledImage> Pipeline, IReadOnlyList<LabeledImage> HeldOut)
{
    private const int SmallestClass = 10;

    /// <exception cref="InvalidDataException">A class is too small to be cut in three.</exception>
    public static PhotoSplit Of(IReadOnlyList<LabeledImage> photos, int seed)
    {
        List<LabeledImage> network = [], pipeline = [], heldOut = [];
        foreach (IGrouping<string, LabeledImage> group in photos.GroupBy(photo => photo.Label))
        {
            LabeledImage[] members = [.. group];
            if (members.Length < SmallestClass)
            {
                throw new InvalidDataException($"Class '{group.Key}' has {members.Length} photos: expected at least {SmallestClass}.");
            }

            new Random(seed).Shuffle(members);
            int half = members.Length / 2;
            int fit = members.Length * 3 / 10;
            network.AddRange(members[..half]);
            pipeline.AddRange(members[half..(half + fit)]);
            heldOut.AddRange(members[(half + fit)..]);
        }

        return new PhotoSplit(network, pipeline, heldOut);
    }
}
