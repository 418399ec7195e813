"""Writes Goldens/parity.json: what torchvision's networks give for weights and pixels of formula.py.

Of every output a sample by a stride that is prime to its length, of the stages also mean and standard deviation. Made with Python 3.11,
NumPy 1.24, torch 1.13.1 and torchvision 0.14.1:

    python3 make_goldens.py
"""
import json
import pathlib

import torch

import formula

# name, image size, depth, cardinality, base width, CIFAR stem, mean and deviation of the pixels
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CIFAR = ([125.3 / 255, 123.0 / 255, 113.9 / 255], [63.0 / 255, 62.1 / 255, 66.7 / 255])
NETWORKS = [
    ("resnet50", 64, 50, 1, 64, False, IMAGENET),
    ("resnext50_32x4d", 64, 50, 32, 4, False, IMAGENET),
    ("resnext101_32x4d", 64, 101, 32, 4, False, IMAGENET),
    ("resnext101_32x8d", 64, 101, 32, 8, False, IMAGENET),
    ("resnext101_64x4d", 64, 101, 64, 4, False, IMAGENET),
    ("resnext152_32x4d", 64, 152, 32, 4, False, IMAGENET),
    ("resnext20_8x16d_cifar", 32, 20, 8, 16, True, CIFAR),
]
SAMPLES, STRIDE = 12, 7919


def describe(x):
    flat = x.flatten().double()
    return {
        "sample": [float(f"{flat[i * STRIDE % len(flat)]:.8g}") for i in range(SAMPLES)],
        "largest": float(f"{flat.abs().max():.8g}"),
        "mean": float(f"{flat.mean():.8g}"),
        "std": float(f"{flat.std(unbiased=False):.8g}"),
    }


goldens = {}
for name, size, depth, groups, width, cifar, (mean, std) in NETWORKS:
    module = formula.network(depth, groups, width, cifar, 10 if cifar else 1000)
    maps = {}
    for number in range(1, 4 if cifar else 5):
        getattr(module, f"layer{number}").register_forward_hook(lambda _, __, y, key=f"c{number + 1}": maps.update({key: y}))
    module.avgpool.register_forward_hook(lambda _, __, y: maps.update(features=y))
    x = (torch.from_numpy(formula.pixels(size)).permute(2, 0, 1)[None].float() / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    with torch.no_grad():
        maps["logits"] = module(x)
    goldens[name] = {key: describe(value) for key, value in maps.items()}
    print(name, {key: (round(value["std"], 3), round(value["largest"], 3)) for key, value in goldens[name].items()})

lines = [f'"{name} {key}": {json.dumps(value)}' for name, outputs in goldens.items() for key, value in outputs.items()]
(pathlib.Path(__file__).parent / "Goldens" / "parity.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
