using System.Runtime.ExceptionServices;

namespace ResNeXt.Training;

/// <summary>The same work for many, on all cores.</summary>
internal static class ParallelWork
{
    /// <summary>Calls the body for each number from 0; what it throws comes out as it was thrown, not in a bundle.</summary>
    public static void For(int count, Action<int> body, CancellationToken cancellation)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, body);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
