using System.CommandLine;
using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary><c>resnext train</c>: a folder of images becomes a checkpoint and a model.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandContext context)
    {
        var defaults = new TrainOptions { Data = [], Out = "" };
        Option<string> data = CommandOptions.Required("--data", "DIR", "Training images, a folder for each class; with --teacher they may lie there without labels.");
        Option<string> output = CommandOptions.Required("--out", "DIR", "Receives model.onnx, report.html, best.safetensors, last.safetensors, history.csv and more.");
        Option<string?> val = CommandOptions.Text("--val", "DIR", "Validation images, the same class folders.");
        Option<double?> valSplit = CommandOptions.Number("--val-split", "F", $"Share of each class held back for validation without --val (default {defaults.ValSplit}).");
        Option<string?> arch = CommandOptions.Architecture("Architecture (default: that of --weights). Without --weights it starts from random weights.");
        Option<string?> weights = CommandOptions.Text("--weights", "FILE", "What to start from: a checkpoint, a .pth or .safetensors file in torchvision's names, or the name of pulled weights (default: with --arch random weights; with neither, free weights that are pulled and done within 30 minutes, else the embedded ones). They may be of a smaller network than --arch, of fewer blocks or less cardinality: the larger one begins as that one.");
        Option<int?> imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels (default that of --weights, else 224; 32 with the CIFAR stem).");
        Option<int?> resize = CommandOptions.Integer("--resize", "N", "Length of the shorter side before the centre is cropped, in validation and use (default that of --weights, else 8/7 of the image size; with the CIFAR stem the same).");
        Option<int?> seed = CommandOptions.Integer("--seed", "N", "Seed of everything random (default 0).");
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in --out." };
        var findLr = new Option<bool>("--find-lr") { Description = "Do not train, but look for a good --lr: write lr-finder.csv and lr-finder.svg to --out." };
        Option<int?> keep = CommandOptions.Integer("--keep-checkpoints", "K", "Checkpoints kept; above 1 as epoch-0007.safetensors beside last.safetensors (default 1).");
        var strict = new Option<bool>("--strict") { Description = "Take doubtful data (files passed over, copies of training images in validation, tiny images, rare classes) for an error." };
        var activationMaps = new Option<bool>("--activation-maps") { Description = "Let the model also give out where each class is seen, cam: heat maps of ResNeXtPredictor." };
        var syncBatchNorm = new Option<bool>("--sync-bn") { Description = "With several ranks: normalise over the images of all of them." };
        var scaleLr = new Option<bool>("--scale-lr") { Description = "With several ranks: multiply the learning rate by their number." };
        var noReport = new Option<bool>("--no-report") { Description = "Write no report.html." };
        Option<ExecutionDevice> device = CommandOptions.Device();
        var command = new Verb("train", "Train a ResNeXt on a folder of images and export it.", "train --data photos --out run", "train --data photos/train --val photos/val --out run --epochs 10", "train --data photos --out run --resume", "train --data photos --out run --arch resnext50_32x4d --preset scratch")
        {
            data, output, val, valSplit, arch, weights, imageSize, resize, seed, resume, findLr, keep, strict, activationMaps, noReport, device,
        };
        var recipe = new RecipeOptions();
        recipe.AddTo(command);
        command.AddGroup("Several machines", syncBatchNorm, scaleLr);
        command.Validators.Add(result =>
        {
            if (result.GetResult(val) is not null && result.GetResult(valSplit) is not null)
            {
                result.AddError("--val and --val-split exclude each other: validation images come from one place.");
            }

            if (result.GetResult(resume) is not null && result.GetResult(findLr) is not null)
            {
                result.AddError("--resume and --find-lr exclude each other: a run that goes on has its rate.");
            }

            int? started = RankGroup.Started(Environment.GetEnvironmentVariable);
            if (started is null && result.FirstGiven(syncBatchNorm, scaleLr) is string idle)
            {
                result.AddError($"{idle} is for several ranks: start them with mpirun or srun, or leave it out.");
            }

            if (result.GetResult(findLr) is not null && started > 1)
            {
                result.AddError("--find-lr is for one process: start it without mpirun or srun, and give the rate that it finds to all ranks.");
            }
        });
        var files = new FileTally();
        command.SetAction(parse => (parse.GetValue(findLr) ? LearningRateReport.Run : (Func<CommandContext, ParseResult, TrainOptions, int>)((_, _, options) => Run(context, parse, options, files)))(context, parse, recipe.Apply(parse, new TrainOptions
        {
            Data = Images(parse.GetRequiredValue(data), "--data", recipe.HasTeacher(parse), files),
            Out = parse.GetRequiredValue(output),
            Val = parse.GetValue(val) is string directory ? Images(directory, "--val", recipe.HasTeacher(parse), files) : null,
            ValSplit = parse.GetValue(valSplit) ?? defaults.ValSplit,
            Architecture = parse.GetValue(arch),
            Weights = parse.GetValue(weights),
            ImageSize = parse.GetValue(imageSize),
            Resize = parse.GetValue(resize),
            Seed = parse.GetValue(seed) ?? defaults.Seed,
            Resume = parse.GetValue(resume),
            KeepCheckpoints = parse.GetValue(keep) ?? defaults.KeepCheckpoints,
            Strict = parse.GetValue(strict),
            ActivationMaps = parse.GetValue(activationMaps),
            SyncBatchNorm = parse.GetValue(syncBatchNorm),
            ScaleLearningRate = parse.GetValue(scaleLr),
            Report = !parse.GetValue(noReport),
            Device = parse.GetValue(device)!,
        })));
        return command;
    }

    /// <summary>A folder for each class; with a teacher there need be none, and then there are no labels.</summary>
    private static IReadOnlyList<LabeledImage> Images(string directory, string option, bool taught, FileTally files) =>
        taught && Directory.Exists(directory) && !Directory.EnumerateDirectories(directory).Any(path => Path.GetFileName(path)[0] != '.')
            ? TrainingFolder.ReadUnlabelled(directory, files)
            : TrainingFolder.Read(directory, option, files);

    private static int Run(CommandContext context, ParseResult parse, TrainOptions options, FileTally files)
    {
        UsageException.Guard(options.Validated);
        using RankGroup ranks = RankGroup.Join(Environment.GetEnvironmentVariable, CommandContext.Log);
        SumOverRanks.Ranks = ranks;
        files.Report(ranks.IsFirst ? CommandContext.Log : _ => { }, options.Strict);

        if (ranks.IsAlone)
        {
            Print(context, parse, TrainDisplay.Show((progress, log) => new Trainer(options, progress, log) { Plan = log }.Run(context.Cancellation)), files);
            return 0;
        }

        try
        {
            var clock = Stopwatch.StartNew();
            if (!ranks.IsFirst)
            {
                new Trainer(options) { Ranks = ranks }.Run(context.Cancellation);
                return 0;
            }

            TrainResult result = TrainDisplay.Show((progress, log) => new Trainer(options, progress, log) { Ranks = ranks, Plan = log }.Run(context.Cancellation));
            CommandContext.Log(FormattableString.Invariant($"communication, waiting for other ranks included: {ranks.Communicating / clock.Elapsed:P1} of the time"));
            Print(context, parse, result, files);
            return 0;
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            return ExitCode.Cancelled; // another rank was asked to stop
        }
#pragma warning disable CA1031 // whatever happened to one rank, the others must not wait for it
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            if (exception is WeightsMismatchException mismatch)
            {
                CommandContext.LogText(mismatch.Differences);
            }

            CommandContext.Log(FormattableString.Invariant($"error: rank {ranks.Rank}: {FailureMessage.Of(exception)}"));
            ranks.Abort(ExitCode.Failure);
            throw;
        }
    }

    private static void Print(CommandContext context, ParseResult parse, TrainResult result, FileTally files) =>
        context.Print(
            parse,
            new { result.Checkpoint, result.Model, result.Report, result.Epochs, result.BestEpoch, result.ValTop1, result.ValFeatureError, result.ImagesPerSecond, Files = files },
            [
                .. result.ValTop1 > 0 || result.ValFeatureError is null ? [FormattableString.Invariant($"validation top-1   {result.ValTop1:P2} in epoch {result.BestEpoch} of {result.Epochs}")] : Array.Empty<string>(),
                .. result.ValFeatureError is double error ? [FormattableString.Invariant($"feature error      {error:F4} in epoch {result.BestEpoch} of {result.Epochs}")] : Array.Empty<string>(),
                .. result.FromFeatures ? Array.Empty<string>() : [FormattableString.Invariant($"training speed     {result.ImagesPerSecond:F1} images/s")],
                $"checkpoint         {result.Checkpoint}",
                $"model              {result.Model}",
                .. result.Report is string report ? [$"report             {report}"] : Array.Empty<string>(),
                $"next: resnext {(result.ValTop1 > 0 ? "predict" : "featurize")} --model {ShellText.Of(result.Model)} {(result.ValTop1 > 0 ? "PHOTO" : "--input DIR --output FILE.csv")}",
            ]);
}
