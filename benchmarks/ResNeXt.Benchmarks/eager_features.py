"""torchvision + PyTorch eager: decode, Resize(256), CenterCrop(224), normalise, features of ResNeXt-50 32x4d in batches of 16.

    python3 eager_features.py FILE...

Each line on standard input asks for one pass over the files; its seconds are printed. The weights are random: speed only.
"""
import sys
import time

import torch
from PIL import Image
from torchvision.models import resnext50_32x4d
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

BATCH = 16
prepare = Compose([Resize(256), CenterCrop(224), ToTensor(), Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
network = resnext50_32x4d()
network.fc = torch.nn.Identity()
network.eval()


class Photos(torch.utils.data.Dataset):
    def __len__(self):
        return len(sys.argv) - 1

    def __getitem__(self, i):
        return prepare(Image.open(sys.argv[i + 1]).convert("RGB"))


for _ in sys.stdin:
    start = time.perf_counter()
    with torch.inference_mode():
        for batch in torch.utils.data.DataLoader(Photos(), BATCH):
            network(batch)
    print(time.perf_counter() - start, flush=True)
