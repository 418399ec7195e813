namespace ResNeXt.Training.Tests;

public sealed class SummaryCommandTests
{
    [Fact]
    public async Task Summary_SmallNetwork_PrintsTheTable()
    {
        CommandRun run = await CommandRun.StartAsync("summary", "--arch", "resnext11_2x4d_cifar", "--classes", "7");

        Assert.Equal(
            """
            resnext11_2x4d_cifar: input 3x32x32, 7 classes

            Layer                  Output shape        Parameters       Multiply-adds
            -------------------------------------------------------------------------
            conv1                  64x32x32                 1,856           1,769,472
            layer1.0.conv1         8x32x32                    528             524,288
            layer1.0.conv2         8x32x32                    304             294,912
            layer1.0.conv3         256x32x32                2,560           2,097,152
            layer1.0.downsample    256x32x32               16,896          16,777,216
            layer2.0.conv1         16x32x32                 4,128           4,194,304
            layer2.0.conv2         16x16x16                 1,184             294,912
            layer2.0.conv3         512x16x16                9,216           2,097,152
            layer2.0.downsample    512x16x16              132,096          33,554,432
            layer3.0.conv1         32x16x16                16,448           4,194,304
            layer3.0.conv2         32x8x8                   4,672             294,912
            layer3.0.conv3         1024x8x8                34,816           2,097,152
            layer3.0.downsample    1024x8x8               526,336          33,554,432
            avgpool                1024                         0                   0
            fc                     7                        7,175               7,168
            -------------------------------------------------------------------------
            Total                                         758,215         101,751,808

            Weights                                3.0 MB
            Kept for a training step, image        8.2 MB

            """,
            run.Output.ReplaceLineEndings("\n"));
    }
}
