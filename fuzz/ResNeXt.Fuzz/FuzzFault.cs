namespace ResNeXt.Fuzz;

/// <summary>A file was accepted and the answer is not the one that it should give.</summary>
internal sealed class FuzzFault(string message) : Exception(message);
