namespace ResNeXt.Training;

/// <summary>What turns gradients into steps.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov's momentum.</summary>
    Sgd,

    /// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019).</summary>
    AdamW,
}
