"""Pillow + torchvision on one thread: decode, Resize(256), CenterCrop(224), write into a batch. Files are in memory beforehand.

    python3 pillow_pixels.py FILE...

Each line on standard input asks for one pass over the files; its seconds are printed.
"""
import io
import sys
import time

import numpy as np
from PIL import Image
from torchvision.transforms import CenterCrop, Resize

files = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        files.append(file.read())
resize, crop = Resize(256), CenterCrop(224)
batch = np.empty((32, 224, 224, 3), np.uint8)
for _ in sys.stdin:
    start = time.perf_counter()
    for i, encoded in enumerate(files):
        image = Image.open(io.BytesIO(encoded)).convert("RGB")
        batch[i % len(batch)] = np.asarray(crop(resize(image)))
    print(time.perf_counter() - start, flush=True)
