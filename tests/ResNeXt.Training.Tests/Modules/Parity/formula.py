"""Weights and pixels by a formula that FormulaWeights.cs computes too, bit for bit; torchvision's networks filled with them."""
import numpy as np
import torch
from torchvision.models.resnet import Bottleneck, ResNet

BLOCKS = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}


def hashes(name, count):
    """A 32-bit hash of the tensor's name (FNV-1a), then of name and index (the finalizer of Murmur3)."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
    h = (h ^ h >> 16) * np.uint32(0x85EBCA6B)
    h = (h ^ h >> 13) * np.uint32(0xC2B2AE35)
    return h ^ h >> 16


def values(name, shape):
    """Uniform around a center: convolutions as He et al. (fan-in), batch normalisation near the identity, its last one in a block
    near 1/4, so that a long sum of blocks does not explode."""
    last = name.split(".")[-1]
    if len(shape) > 1:
        center, spread = 0, np.sqrt((6 if len(shape) == 4 else 3) / np.prod(shape[1:]))
    elif last == "running_var":
        center, spread = 1, 0.2
    elif last == "weight":
        center, spread = (0.25, 0.05) if "bn3" in name else (1, 0.1)
    else:
        center, spread = 0, 0.1
    unit = (hashes(name, int(np.prod(shape))) >> 8).astype(np.float32) * np.float32(2 ** -23) - np.float32(1)
    return torch.from_numpy((np.float32(center) + np.float32(spread) * unit).reshape(shape))


def pixels(size):
    """[size, size, 3] bytes."""
    return (hashes("pixels", size * size * 3) >> 24).astype(np.uint8).reshape(size, size, 3)


def network(depth, groups, width, cifar=False, classes=1000):
    """torchvision's ResNet; the CIFAR one is the same blocks behind a 3x3 stem, without pooling and fourth stage."""
    if cifar:
        each = (depth - 2) // 9
        module = ResNet(Bottleneck, [each, each, each, 1], groups=groups, width_per_group=width)
        module.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
        module.maxpool = module.layer4 = torch.nn.Identity()
        module.fc = torch.nn.Linear(1024, classes)
    else:
        module = ResNet(Bottleneck, BLOCKS[depth], groups=groups, width_per_group=width, num_classes=classes)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(values(name, tuple(tensor.shape)))
    return module.eval()
