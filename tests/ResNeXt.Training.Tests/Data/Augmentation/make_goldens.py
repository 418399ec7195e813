"""Writes what torchvision makes of two small pictures, for explicit parameters.

Goldens/wide.png, Goldens/square.png  the pictures
Goldens/digests.json  operation and parameters -> SHA-256 of the RGB bytes of the result
Goldens/regions.json  the random numbers that a crop or an erasing drew -> the rectangle

PCA lighting, the crop of the paper's code and TrivialAugment on bytes have no torchvision function of explicit parameters: the first
two are their formulas (fb.resnet.torch as cited in the paper's code), the last is torchvision's _apply_op over its own table.

The goldens were made with Python 3.11, Pillow 9.4.0, NumPy 1.24, torch 1.13.1 and torchvision 0.14.1:

    python3 make_goldens.py
"""
import hashlib
import json
import math
import pathlib
import random

import numpy as np
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F
from PIL import Image, ImageDraw
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import TrivialAugmentWide, _apply_op

GOLDENS = pathlib.Path(__file__).parent / "Goldens"
COLOR = (124, 116, 104)
digests, regions = {}, []


def draw(width, height, seed):
    """A gradient, shapes with hard edges and noise; not from 0 to 255, so that autocontrast has something to do."""
    chance = np.random.default_rng(seed)
    x, y = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)[:, None, None]
    a, b, c = chance.uniform(0, 255, (3, 3))
    image = Image.fromarray(np.clip(a * x + b * y + c * (1 - x * y), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for _ in range(5):
        x0, y0 = chance.uniform(0, width), chance.uniform(0, height)
        fill = tuple(int(v) for v in chance.integers(0, 256, 3))
        (pen.ellipse if chance.random() < 0.5 else pen.rectangle)([x0, y0, x0 + chance.uniform(1, width), y0 + chance.uniform(1, height)], fill=fill)
    pixels = np.asarray(image) + chance.normal(0, 12, (height, width, 3))
    return Image.fromarray(np.clip(pixels, (12, 0, 20), (255, 230, 240)).astype(np.uint8))


def add(name, *images):
    digests[name] = hashlib.sha256(b"".join(np.asarray(image).tobytes() for image in images)).hexdigest()


def operations(wide, square):
    add("source", wide, square)
    add("flip", F.hflip(wide))
    for factor in (0, 0.4, 0.873, 1, 1.37, 2.5):
        add(f"brightness {factor:g}", F.adjust_brightness(wide, factor))
        add(f"contrast {factor:g}", F.adjust_contrast(wide, factor))
        add(f"saturation {factor:g}", F.adjust_saturation(wide, factor))
        add(f"sharpness {factor:g}", F.adjust_sharpness(wide, factor))
    for factor in (-0.5, -0.21, -0.003, 0, 0.1, 0.5):
        add(f"hue {factor:g}", F.adjust_hue(wide, factor))
    cube = np.stack(np.meshgrid(*[np.arange(256)] * 3, indexing="ij"), -1).astype(np.uint8)  # every colour
    add("hue of every colour 0.1", F.adjust_hue(Image.fromarray(cube.reshape(4096, 4096, 3)), 0.1))

    jitter = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
    for order in ((0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)):
        image = wide
        for operation in order:
            image = jitter[operation](image, (1.3, 0.7, 1.2, -0.08)[operation])
        add("jitter " + "".join(map(str, order)), image)

    for left, top in ((0, 0), (-5, -5), (5, 5), (-3, 4), (2, 0)):
        add(f"pad {left} {top}", F.crop(F.pad(square, 5, fill=COLOR), top + 5, left + 5, 40, 40))
    for x, y, w, h in ((0, 0, 61, 47), (7, 3, 20, 30), (60, 46, 1, 1), (50, 0, 11, 47)):
        tensor = torch.from_numpy(np.asarray(wide).copy()).permute(2, 0, 1)
        erased = F.erase(tensor, y, x, h, w, torch.tensor(COLOR, dtype=torch.uint8)[:, None, None])
        add(f"erase {x} {y} {w} {h}", erased.permute(1, 2, 0).contiguous().numpy())
        for name, mode in (("Bilinear", InterpolationMode.BILINEAR), ("Bicubic", InterpolationMode.BICUBIC)):
            add(f"crop {x} {y} {w} {h} {name}", F.resized_crop(wide, y, x, h, w, [32, 32], mode))

    values = np.array([0.2175, 0.0188, 0.0045])
    vectors = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
    for multiples in ((0, 0, 0), (0.1, -0.2, 0.05), (-0.31, 0.4, 1.5)):
        shift = 255 * (vectors * np.array(multiples)[None] * values[None]).sum(1)
        add("lighting " + " ".join(f"{m:g}" for m in multiples), np.clip(np.round(np.asarray(wide) + shift), 0, 255).astype(np.uint8))

    # Every operation of TrivialAugmentWide: all strengths in one direction, then in the other, on both pictures. The strengths of the
    # operations with a direction are end * i / 30: torch.linspace gives that in single precision, one unit off depending on the CPU's vectors.
    for name, (magnitudes, signed) in TrivialAugmentWide()._augmentation_space(31).items():
        results = []
        for sign in (1, -1):
            for i in range(31):
                magnitude = float(magnitudes[i]) if magnitudes.ndim else 0.0
                if signed:
                    exact = {"Shear": 0.99, "Trans": 32, "Rotat": 135}.get(name[:5], 0.99) * sign * i / 30
                    assert abs(exact - sign * magnitude) < 1e-5
                    magnitude = exact
                results += [_apply_op(image, name, magnitude, InterpolationMode.NEAREST, None) for image in (wide, square)]
        add(f"trivial {name}", *results)


def record_regions():
    """Calls torchvision's get_params and keeps what it drew."""
    uniforms, integers = [], []
    uniform, randint = torch.Tensor.uniform_, torch.randint

    def recorded_uniform(tensor, low, high):
        result = uniform(tensor, float(low), float(high))
        uniforms.append((result.item() - float(low)) / (float(high) - float(low)))
        return result

    def recorded_randint(low, high, size):
        result = randint(low, high, size=size)
        integers.append(result.item())
        return result

    torch.Tensor.uniform_, torch.randint = recorded_uniform, recorded_randint
    torch.manual_seed(0)
    for width, height in ((500, 375), (375, 500), (40, 40), (100, 10), (10, 200), (1, 1), (3, 1000), (64, 63)):
        for kind in ("crop", "erase"):
            for _ in range(6):
                uniforms.clear()
                integers.clear()
                if kind == "crop":
                    y, x, h, w = T.RandomResizedCrop.get_params(Image.new("L", (width, height)), (0.08, 1.0), (3 / 4, 4 / 3))
                else:
                    y, x, h, w, _ = T.RandomErasing.get_params(torch.zeros(3, height, width), (0.02, 0.33), (0.3, 3.3), [0.0])
                # torchvision draws top, then left; we draw left, then top. No integers: none of ten tries fitted.
                keep(kind, width, height, uniforms, integers[::-1], [x, y, w, h] if integers or kind == "crop" else None)


def paper_regions():
    """RandomSizedCrop of fb.resnet.torch, with the numbers that it drew."""
    chance = random.Random(0)
    for width, height in ((500, 375), (375, 500), (40, 40), (100, 10), (3, 1000), (64, 63)):
        for _ in range(6):
            uniforms, integers, region = [], [], None
            for _ in range(10):
                u = [chance.random() for _ in range(3)]
                uniforms += u
                area = (0.08 + 0.92 * u[0]) * width * height
                aspect = 3 / 4 + (4 / 3 - 3 / 4) * u[1]
                w, h = math.floor(math.sqrt(area * aspect) + 0.5), math.floor(math.sqrt(area / aspect) + 0.5)
                if u[2] < 0.5:
                    w, h = h, w
                if h <= height and w <= width:
                    integers = [chance.randint(0, width - w), chance.randint(0, height - h)]
                    region = [*integers, w, h]
                    break
            keep("paper", width, height, uniforms, integers, region)


def keep(kind, width, height, uniforms, integers, region):
    regions.append({"kind": kind, "width": width, "height": height, "uniforms": list(uniforms), "integers": list(integers), "region": region})


GOLDENS.mkdir(exist_ok=True)
wide, square = draw(61, 47, 1), draw(40, 40, 2)
wide.save(GOLDENS / "wide.png")
square.save(GOLDENS / "square.png")
operations(wide, square)
record_regions()
paper_regions()
(GOLDENS / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")
(GOLDENS / "regions.json").write_text("[\n" + ",\n".join("  " + json.dumps(region) for region in regions) + "\n]\n")
print(len(digests), "digests,", len(regions), "regions")
