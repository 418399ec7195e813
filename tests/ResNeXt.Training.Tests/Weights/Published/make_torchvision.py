"""Writes what torchvision says of its own weights: torchvision.json beside this file, and the class names as the library embeds them.

Run with Debian's python3-torchvision (0.14.1).
"""

import json
import pathlib

from torchvision import models
from torchvision.models._meta import _IMAGENET_CATEGORIES

here = pathlib.Path(__file__).resolve().parent
names = ["ResNeXt50_32X4D", "ResNeXt101_32X8D", "ResNeXt101_64X4D", "ResNet50", "ResNet101", "ResNet152"]
rows = []
for weights in [w for name in names for w in getattr(models, name + "_Weights")]:
    transforms = weights.transforms()
    metrics = weights.meta["_metrics"]["ImageNet-1K"]
    rows.append({
        "name": str(weights),
        "url": weights.url,
        "parameters": weights.meta["num_params"],
        "top1": metrics["acc@1"],
        "top5": metrics["acc@5"],
        "resize": transforms.resize_size[0],
        "crop": transforms.crop_size[0],
        "interpolation": transforms.interpolation.value,
        "mean": transforms.mean,
        "std": transforms.std,
    })

(here / "torchvision.json").write_text(json.dumps(rows, indent=1) + "\n")
source = here.parents[3] / "src" / "ResNeXt.Training" / "Weights" / "Published"
(source / "ImageNetClasses.txt").write_text("\n".join(_IMAGENET_CATEGORIES) + "\n")
