"""Writes Goldens/distillation.json: what PyTorch makes of one step with a teacher, in float64.

The network is resnext11_4x4d_cifar at 32 px with torchvision's blocks (../Modules/Parity/formula.py), the batch is formula.pixels of "pixels 0"
with labels that hash to 10 classes, as in ../Recipe/make_goldens.py. The teacher's numbers and the layer that is thrown away are formulas, too. Per loss its value; of
all together, with their weights, per parameter a sample of the gradient and its largest. Made with Python 3.11, NumPy 1.24, torch 1.13.1 and torchvision 0.14.1:

    python3 make_goldens.py
"""
import json
import pathlib
import sys

import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Modules" / "Parity"))
import formula  # noqa: E402

BATCH, CLASSES, SIZE, CHANNELS, EDGE, FEATURES = 16, 10, 32, 6, 8, 1024
MEAN, STD = (torch.from_numpy(np.float32(values) / np.float32(255) * np.float32(255)) for values in ([125.3, 123.0, 113.9], [63.0, 62.1, 66.7]))
TEMPERATURE, WEIGHTS = 3, {"features": 10, "maps": 2, "logits": 0.5, "labels": 0.7}


def units(name, *shape):
    """-1 to 1."""
    unit = (formula.hashes(name, int(np.prod(shape))) >> 8).astype(np.float32) * np.float32(2 ** -23) - np.float32(1)
    return torch.from_numpy(unit.reshape(shape)).double()


def sample(x):
    flat = x.flatten()
    return {"sample": [float(f"{flat[i * 7919 % len(flat)]:.8g}") for i in range(6)], "largest": float(f"{flat.abs().max():.8g}")}


pixels = (formula.hashes("pixels 0", BATCH * SIZE * SIZE * 3) >> 24).astype("uint8").reshape(BATCH, SIZE, SIZE, 3)
x = ((torch.from_numpy(pixels).float() - MEAN) / STD).permute(0, 3, 1, 2).contiguous().double()
labels = torch.from_numpy((formula.hashes("labels 0", BATCH) % CLASSES).astype("int64"))
module = formula.network(11, 4, 4, cifar=True, classes=CLASSES).train().double()
projection = torch.nn.Linear(FEATURES, CHANNELS).double()
with torch.no_grad():
    projection.weight.copy_(units("teacher.weight", CHANNELS, FEATURES) / 32)
    projection.bias.copy_(units("teacher.bias", CHANNELS))
mean, std, place_std = units("teacher mean", CHANNELS), 1.5 + units("teacher std", CHANNELS), 2.5 + units("teacher place std", CHANNELS)
their_features, their_maps, their_logits = units("teacher features", BATCH, CHANNELS), units("teacher maps", BATCH, EDGE, EDGE, CHANNELS), units("teacher logits", BATCH, CLASSES)

maps = module.layer3(module.layer2(module.layer1(module.relu(module.bn1(module.conv1(x))))))
features = maps.mean((2, 3))
logits = module.fc(features)
losses = {
    "features": F.mse_loss(projection(features), (their_features - mean) / std),
    "maps": ((projection(maps.permute(0, 2, 3, 1)) - (their_maps - mean) / std) * std / place_std).square().mean(),
    "logits": F.kl_div(F.log_softmax(logits / TEMPERATURE, 1), F.softmax(their_logits * 4 / TEMPERATURE, 1), reduction="batchmean") * TEMPERATURE ** 2,
    "labels": F.cross_entropy(logits, labels, label_smoothing=0.1),
}
total = sum(WEIGHTS[name] * loss for name, loss in losses.items())
total.backward()
lines = [f'"{name}": {loss.item():.10g}' for name, loss in losses.items()] + [f'"total": {total.item():.10g}']
gradients = {**{name: sample(p.grad) for name, p in module.named_parameters()}, **{f"teacher.{name}": sample(p.grad) for name, p in projection.named_parameters()}}
lines.append('"gradients": {\n' + ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in gradients.items()) + "\n}")
(pathlib.Path(__file__).parent / "Goldens" / "distillation.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(*lines[:5])
