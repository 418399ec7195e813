"""Writes Goldens/training.json: what PyTorch makes of 20 steps from weights and batches by a formula.

Per recipe the loss of every step; the gradients of the first step and averaged weights, per tensor a sample and the largest. The network is
resnext11_4x4d_cifar at 32 px with torchvision's blocks (../Modules/Parity/formula.py); the pixels of step s are formula.pixels of
"pixels s", the labels hash to 10 classes; no augmentation. Made with Python 3.11, NumPy 1.24, torch 1.13.1 and torchvision 0.14.1:

    python3 make_goldens.py
"""
import json
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Modules" / "Parity"))
import formula  # noqa: E402

STEPS, BATCH, CLASSES, SIZE = 20, 16, 10, 32
MEAN, STD = (torch.from_numpy(np.float32(values) / np.float32(255) * np.float32(255)) for values in ([125.3, 123.0, 113.9], [63.0, 62.1, 66.7]))


def batch(step):
    pixels = (formula.hashes(f"pixels {step}", BATCH * SIZE * SIZE * 3) >> 24).astype("uint8").reshape(BATCH, SIZE, SIZE, 3)
    x = ((torch.from_numpy(pixels).float() - MEAN) / STD).permute(0, 3, 1, 2).contiguous()
    return x, torch.from_numpy((formula.hashes(f"labels {step}", BATCH) % CLASSES).astype("int64"))


def sample(x):
    flat = x.flatten().double()
    return {"sample": [float(f"{flat[i * 7919 % len(flat)]:.8g}") for i in range(6)], "largest": float(f"{flat.abs().max():.8g}")}


def network():
    return formula.network(11, 4, 4, cifar=True, classes=CLASSES).train()


def train(make_optimizer, smoothing=0.0, clip=None, ema_decay=None):
    module = network()
    optimizer = make_optimizer(module)
    average = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    losses = []
    for step in range(STEPS):
        x, labels = batch(step % 4)
        loss = torch.nn.functional.cross_entropy(module(x), labels, label_smoothing=smoothing)
        optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(module.parameters(), clip)
        optimizer.step()
        losses.append(float(f"{loss.item():.8g}"))
        if ema_decay is not None:
            # timm's ModelEmaV3 with use_warmup: gamma 1, power 2/3
            decay = max(0, min(1 - (1 + step) ** (-2 / 3), ema_decay))
            for name, tensor in module.state_dict().items():
                if tensor.is_floating_point():
                    average[name].lerp_(tensor, 1 - decay)
    return losses, average


def gradients():
    """In float64: in float32 one ReLU whose input is zero but for rounding changes a gradient by 1e-4."""
    module = network().double()
    x, labels = batch(0)
    torch.nn.functional.cross_entropy(module(x.double()), labels).backward()
    return {name: sample(parameter.grad) for name, parameter in module.named_parameters()}


def groups(module, norm_weight_decay):
    """torchvision's norm_weight_decay, with biases counted among the norms."""
    flat = [parameter for parameter in module.parameters() if parameter.dim() < 2]
    return [{"params": flat, "weight_decay": norm_weight_decay}, {"params": [parameter for parameter in module.parameters() if parameter.dim() >= 2]}]


def sgd(module):
    return torch.optim.SGD(module.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)


def sgd_groups(module):
    return torch.optim.SGD(groups(module, 0), lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.05)


def adamw(module):
    """At a small rate: Adam's first steps are signs of gradients, and rounding decides those near zero."""
    return torch.optim.AdamW(groups(module, 0), lr=1e-4, weight_decay=0.5)


def one_cycle():
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=STEPS, pct_start=0.3)
    rates = []
    for _ in range(STEPS):
        rates.append(float(f"{optimizer.param_groups[0]['lr']:.10g}"))
        optimizer.step()
        schedule.step()
    return rates


losses, average = train(sgd, ema_decay=0.9)
goldens = {
    "sgd": losses,
    "sgd, smoothing 0.1, norm 0.5, decay 0.05 but of norms": train(sgd_groups, smoothing=0.1, clip=0.5)[0],
    "adamw": train(adamw)[0],
    "one cycle": one_cycle(),
}
tensors = {
    "gradients": gradients(),
    "averages": {name: sample(average[name]) for name in ("conv1.weight", "bn1.running_var", "layer3.0.conv2.weight", "fc.bias")},
}
lines = [f'"{name}": {json.dumps(values)}' for name, values in goldens.items()]
lines += [f'"{key}": {{\n' + ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in values.items()) + "\n}" for key, values in tensors.items()]
(pathlib.Path(__file__).parent / "Goldens" / "training.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
for name, values in goldens.items():
    print(name, [round(value, 4) for value in values])
