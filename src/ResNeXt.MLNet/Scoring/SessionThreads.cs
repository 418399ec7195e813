using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNeXt.MLNet;

/// <summary>
/// The threads that one network computes with. They change the speed, never a result. Environment variables win over what a program
/// sets and what a saved model brings, so that a model can be moved to another machine as it is: <c>RESNEXT_INTRA_OP_THREADS</c>,
/// <c>RESNEXT_ALLOW_SPINNING</c> (0 or 1) and <c>RESNEXT_INTRA_OP_AFFINITY</c>.
/// </summary>
public sealed partial record SessionThreads
{
    /// <summary>
    /// Threads for one run of the network. ONNX Runtime's own choice is a thread for each physical core of the machine, pinned to it; it does
    /// not see the CPU limit of a container. Threads of a given number are not pinned.
    /// </summary>
    /// <value>1 to 256, or 0 for ONNX Runtime's own choice. The default is 0.</value>
    public int IntraOp { get; init; }

    /// <summary>Whether idle threads of the network spin for a moment before they sleep. A server with other work to do may want its cores back at once.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool AllowSpinning { get; init; } = true;

    /// <summary>
    /// Processors that each thread of the network is bound to, counted from 1, in ONNX Runtime's form: <c>1;3-4</c> binds the second thread to
    /// processor 1 and the third to 3 and 4. The first is the caller's and is not bound. It speaks of one machine and is not saved.
    /// </summary>
    /// <value><see cref="IntraOp"/> - 1 groups of processors. The default, null, leaves it to the system.</value>
    public string? Affinity { get; init; }

    /// <summary>For a server: idle threads give their core back at once, to decoders and to whoever else works there.</summary>
    public static SessionThreads Server { get; } = new() { AllowSpinning = false };

    internal const int MostIntraOp = 256;
    internal const string IntraOpVariable = "RESNEXT_INTRA_OP_THREADS";
    internal const string AllowSpinningVariable = "RESNEXT_ALLOW_SPINNING";
    internal const string AffinityVariable = "RESNEXT_INTRA_OP_AFFINITY";

    internal static SessionThreads Default { get; } = new();

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal SessionThreads Validated()
    {
        if (IntraOp is < 0 or > MostIntraOp)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(SessionThreads)}.{nameof(IntraOp)} is {IntraOp}: expected 1 to {MostIntraOp} threads, or 0 for ONNX Runtime's own choice."));
        }

        if (Affinity is not null && (!Processors().IsMatch(Affinity) || Affinity.Count(';') != IntraOp - 2))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(SessionThreads)}.{nameof(Affinity)} is '{Affinity}' for {IntraOp} threads: expected a group of processors for each thread but the first, such as '2' for 2 threads or '2;3-4' for 3."));
        }

        return this;
    }

    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <exception cref="ArgumentException">A variable has a value that is none; the message names both.</exception>
    internal SessionThreads OverriddenBy(Func<string, string?> variable)
    {
        int intraOp = Number(variable, IntraOpVariable, MostIntraOp) ?? IntraOp;
        return new SessionThreads
        {
            IntraOp = intraOp,
            AllowSpinning = Number(variable, AllowSpinningVariable, 1) is int spins ? spins == 1 : AllowSpinning,
            Affinity = variable(AffinityVariable) is { Length: > 0 } affinity ? affinity : intraOp == IntraOp ? Affinity : null, // it is for its number of threads
        };
    }

    [GeneratedRegex(@"^[1-9][0-9]{0,3}([,-][1-9][0-9]{0,3})*(;[1-9][0-9]{0,3}([,-][1-9][0-9]{0,3})*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Processors();

    private static int? Number(Func<string, string?> variable, string name, int most) => variable(name) switch
    {
        null or "" => null,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most => number,
        string text => throw new ArgumentException($"The environment variable {name} is '{text}': expected a number from 0 to {most}."),
    };
}
