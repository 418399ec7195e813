"""Training steps of PyTorch, timed as TrainingSteps.cs times ours: the same network, batch, optimizer and number of threads.

    pytorch_training.py BLOCKS CARDINALITY BASE_WIDTH STEM IMAGE_SIZE BATCH_SIZE THREADS LAYOUT

BLOCKS is 3,4,6,3; STEM imagenet or cifar; LAYOUT contiguous (the default of PyTorch) or channels_last. Prints images a second, from the
median step, and the version.
"""
import statistics
import sys
import time

import torch
from torchvision.models.resnet import Bottleneck, ResNet

WARMUP_STEPS, SECONDS = 2, 4


def network(blocks, cardinality, base_width, stem):
    if stem == "imagenet":
        return ResNet(Bottleneck, blocks, num_classes=10, groups=cardinality, width_per_group=base_width)
    # CIFAR: a 3x3 stem without pooling, three stages.
    model = ResNet(Bottleneck, [*blocks, 1], num_classes=10, groups=cardinality, width_per_group=base_width)
    model.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = model.layer4 = torch.nn.Identity()
    model.fc = torch.nn.Linear(1024, 10)
    return model


def main(blocks, cardinality, base_width, stem, image_size, batch_size, threads, layout):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    batch_size, image_size = int(batch_size), int(image_size)
    memory_format = getattr(torch, f"{layout}_format" if layout == "contiguous" else layout)
    model = network([int(n) for n in blocks.split(",")], int(cardinality), int(base_width), stem).to(memory_format=memory_format).train()
    x = torch.randn(batch_size, 3, image_size, image_size).to(memory_format=memory_format)
    labels = torch.randint(0, 10, (batch_size,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)
    steps, start = [], time.perf_counter()
    while len(steps) < WARMUP_STEPS + 3 or time.perf_counter() - start < SECONDS:
        begin = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        steps.append(time.perf_counter() - begin)
    print(batch_size / statistics.median_high(steps[WARMUP_STEPS:]), torch.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
