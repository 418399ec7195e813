namespace ResNeXt.Training;

/// <summary>What turns gradients into steps.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov's momentum.</summary>
    Sgd,

    /// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>L-BFGS to the end, in one epoch (Liu and Nocedal 1989): for <see cref="TrainableLayers.Head"/> with <see cref="TrainRecipe.NoAugmentation"/>, where nothing changes
    /// but the last layer. There is no learning rate.</summary>
    Lbfgs,
}
