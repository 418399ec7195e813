using ResNeXt.Training;
var a = args;
var t = new Trainer(new TrainOptions { Data = a[0], Out = a[1], Architecture = a[2], ImageSize = int.Parse(a[3]), Epochs = int.Parse(a[4]), BatchSize = int.Parse(a[5]), LearningRate=double.Parse(a[6]), CropScale=double.Parse(a[7]), ValSplit=0.04, WarmupEpochs=0.5 },
 p => { if (p.Step % 50 == 0 || p.Validation != null) Console.WriteLine($"{p.Epoch} {p.Step}/{p.Steps} loss {p.Loss:f3} lr {p.LearningRate:f4} {p.ImagesPerSecond:f0} img/s {p.Validation}"); });
Console.WriteLine(t.Run());
