using WebClassifier;

try
{
    await using WebApplication app = ClassifierApp.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or IOException or InvalidOperationException or FormatException)
{
    // A setting out of its range, a port that is taken: one line, not a stack trace.
    Console.Error.WriteLine($"error: {exception.Message}");
    return 1;
}
