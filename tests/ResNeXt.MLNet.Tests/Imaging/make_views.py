"""Writes what torchvision's TenCrop makes of the images that make_goldens.py drew: Goldens/views.json, for each file the SHA-256 of
the ten crops of 20 after Resize(33), one after another.

The goldens were made with Python 3.11, Pillow 9.4.0 and torchvision 0.14.1:

    python3 make_views.py
"""
import hashlib
import json
import pathlib

import numpy as np
from PIL import Image, ImageOps
from torchvision.transforms import Resize, TenCrop

GOLDENS = pathlib.Path(__file__).parent / "Goldens"


def main():
    views = {}
    for path in sorted((GOLDENS / "images").iterdir()):
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        crops = TenCrop(20)(Resize(33)(image))
        views[path.name] = hashlib.sha256(b"".join(np.asarray(crop).tobytes() for crop in crops)).hexdigest()
    (GOLDENS / "views.json").write_text(json.dumps(views, indent=1) + "\n")


if __name__ == "__main__":
    main()
