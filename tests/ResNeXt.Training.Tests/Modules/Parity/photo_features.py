"""Saves a resnext50_32x4d of torchvision in three formats, and what it makes of every photo of a folder.

    python3 photo_features.py PHOTOS OUT

OUT/weights.safetensors, OUT/weights.pth (zip), OUT/legacy.pth (the format from before PyTorch 1.6)
OUT/classes.txt   the class of the largest logit and the path, a photo a line
OUT/features.f32  [photos, 2048] floats in the same order

The weights are formula.py's; the statistics of batch normalisation are those of 16 of the photos, so that features are realistic.
"""
import json
import pathlib
import struct
import sys

import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

import formula

photos, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
prepare = Compose([Resize(256), CenterCrop(224), ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def read(paths):
    return torch.stack([prepare(Image.open(path).convert("RGB")) for path in paths])


def save_safetensors(state, path):
    header, data = {}, b""
    for name, tensor in state.items():
        values = tensor.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


paths = sorted(photos.rglob("*.jpg"))
module = formula.network(50, 32, 4)
features = []
with torch.no_grad():
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None  # the mean over all batches, here of one
            layer.reset_running_stats()
    module.train()(read(paths[:: len(paths) // 16][:16]))
    module.eval().avgpool.register_forward_hook(lambda _, __, y: features.append(y.flatten(1)))
    classes = [k for i in range(0, len(paths), 16) for k in module(read(paths[i : i + 16])).argmax(1).tolist()]

save_safetensors(module.state_dict(), out / "weights.safetensors")
torch.save(module.state_dict(), out / "weights.pth")
torch.save(module.state_dict(), out / "legacy.pth", _use_new_zipfile_serialization=False)
(out / "classes.txt").write_text("".join(f"{k} {path}\n" for k, path in zip(classes, paths)))
(out / "features.f32").write_bytes(torch.cat(features).numpy().tobytes())
