using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext train</c>: a folder of images becomes a checkpoint and a model.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandContext context)
    {
        var defaults = new TrainOptions { Data = [], Out = "" };
        Option<string> data = CommandOptions.Required("--data", "DIR", "Training images, a folder for each class.");
        Option<string> output = CommandOptions.Required("--out", "DIR", "Receives last.safetensors, best.safetensors and model.onnx.");
        Option<string?> val = CommandOptions.Text("--val", "DIR", "Validation images, the same class folders.");
        Option<double?> valSplit = CommandOptions.Number("--val-split", "F", $"Share of each class held back for validation without --val (default {defaults.ValSplit}).");
        Option<string?> arch = CommandOptions.Architecture("Architecture (default: that of --weights, else resnext50_32x4d).");
        Option<string?> weights = CommandOptions.Text("--weights", "FILE", "What to start from: a checkpoint, a .pth or .safetensors file in torchvision's names, or the name of pulled weights.");
        Option<int?> epochs = CommandOptions.Integer("--epochs", "N", $"Passes over the images (default {defaults.Epochs}).");
        Option<int?> batchSize = CommandOptions.Integer("--batch-size", "N", $"Images in a step (default {defaults.BatchSize}).");
        Option<double?> lr = CommandOptions.Number("--lr", "F", "Largest learning rate (default 0.1 * batch size / 256; a tenth of it with --weights).");
        Option<double?> warmup = CommandOptions.Number("--warmup-epochs", "F", "Epochs of linear warm-up (default a tenth of all, at most 5).");
        Option<double?> weightDecay = CommandOptions.Number("--weight-decay", "F", "Weight decay (default 1e-4; 5e-4 with the CIFAR stem).");
        Option<double?> cropScale = CommandOptions.Number("--crop-scale", "F", "Smallest share of an image that a random crop keeps (default 0.08; with the CIFAR stem a shift by up to an eighth of the edge).");
        Option<string?> autoAugment = CommandOptions.Text("--auto-augment", "ta_wide", "Random operation on each training image: TrivialAugmentWide (default none).");
        autoAugment.AcceptOnlyFromAmong("ta_wide");
        Option<double?> colorJitter = CommandOptions.Number("--color-jitter", "F", "Strength of random brightness, contrast and saturation (default 0).");
        Option<double?> randomErase = CommandOptions.Number("--random-erase", "F", "Share of the training images that lose a random rectangle (default 0).");
        Option<int?> imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels (default 224; 32 with the CIFAR stem).");
        Option<int?> seed = CommandOptions.Integer("--seed", "N", "Seed of everything random (default 0).");
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in --out." };
        Option<ExecutionDevice> device = CommandOptions.Device();
        var command = new Command("train", "Train a ResNeXt on a folder of images and export it.")
        {
            data, output, val, valSplit, arch, weights, epochs, batchSize, lr, warmup, weightDecay, cropScale,
            autoAugment, colorJitter, randomErase, imageSize, seed, resume, device,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(val) is not null && result.GetResult(valSplit) is not null)
            {
                result.AddError("--val and --val-split exclude each other: validation images come from one place.");
            }
        });
        command.SetAction(parse => Run(context, parse, new TrainOptions
        {
            Data = ImageFolder.Enumerate(parse.GetRequiredValue(data)),
            Out = parse.GetRequiredValue(output),
            Val = parse.GetValue(val) is string directory ? ImageFolder.Enumerate(directory) : null,
            ValSplit = parse.GetValue(valSplit) ?? defaults.ValSplit,
            Architecture = parse.GetValue(arch),
            Weights = parse.GetValue(weights),
            Epochs = parse.GetValue(epochs) ?? defaults.Epochs,
            BatchSize = parse.GetValue(batchSize) ?? defaults.BatchSize,
            LearningRate = parse.GetValue(lr),
            WarmupEpochs = parse.GetValue(warmup),
            WeightDecay = parse.GetValue(weightDecay),
            CropScale = parse.GetValue(cropScale),
            AutoAugment = parse.GetValue(autoAugment) is null ? AutoAugment.None : AutoAugment.TrivialAugmentWide,
            ColorJitter = parse.GetValue(colorJitter) ?? defaults.ColorJitter,
            RandomErase = parse.GetValue(randomErase) ?? defaults.RandomErase,
            ImageSize = parse.GetValue(imageSize),
            Seed = parse.GetValue(seed) ?? defaults.Seed,
            Resume = parse.GetValue(resume),
            Device = parse.GetValue(device)!,
        }));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, TrainOptions options)
    {
        TrainResult result = TrainDisplay.Show((progress, log) => UsageException.Guard(() => new Trainer(options, progress, log)).Run(context.Cancellation));
        context.Print(
            parse,
            new { result.Checkpoint, result.Model, result.Epochs, result.BestEpoch, result.ValTop1, result.ImagesPerSecond },
            [
                FormattableString.Invariant($"validation top-1   {result.ValTop1:P2} in epoch {result.BestEpoch} of {result.Epochs}"),
                FormattableString.Invariant($"training speed     {result.ImagesPerSecond:F1} images/s"),
                $"checkpoint         {result.Checkpoint}",
                $"model              {result.Model}",
            ]);
        return 0;
    }
}
