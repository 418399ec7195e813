namespace ResNeXt.Training;

/// <summary>One update of a learning-rate sweep.</summary>
/// <param name="LearningRate">Its rate.</param>
/// <param name="Loss">The loss before it.</param>
/// <param name="SmoothedLoss">The same, averaged with its neighbours.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);
