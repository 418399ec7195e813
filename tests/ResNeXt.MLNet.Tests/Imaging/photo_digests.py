"""Prints, for each photo of a folder, its path and the SHA-256 of torchvision's Resize(256) + CenterCrop(224), upright.

    python3 photo_digests.py FOLDER
"""
import hashlib
import pathlib
import sys

import numpy as np
from PIL import Image, ImageOps
from torchvision.transforms import CenterCrop, Resize

for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.jpg")):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    print(hashlib.sha256(np.asarray(CenterCrop(224)(Resize(256)(image))).tobytes()).hexdigest(), path)
