namespace ResNeXt.Training;

/// <summary>What the architecture says of published weights.</summary>
internal static class PublishedWeightsSize
{
    extension(PublishedWeights weights)
    {
        public long Parameters => ArchitectureSummary.Of(ResNeXtArchitecture.Parse(weights.Architecture), 224, ImageNetClasses.Names.Count).Parameters;

        /// <summary>About the size of the file: float32, and less than one per cent of names and statistics.</summary>
        public long ApproximateBytes => weights.Parameters * sizeof(float);
    }
}
