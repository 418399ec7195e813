"""Makes Goldens/: small files of weights of every kind, and expected.json with what torch.load and safetensors say is in them.

Run with Debian's python3-torch: python3 make_goldens.py
"""
import argparse, collections, datetime, io, json, os, pathlib, pickle, struct, zipfile

import numpy as np
import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Goldens")
os.makedirs(FOLDER, exist_ok=True)
EXPECTED = {}
TYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool]
SAFE = dict(zip(TYPES, ["F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"]))


def some(dtype, *shape):
    count = torch.Size(shape).numel()
    values = torch.arange(count) % 2 if dtype == torch.bool else torch.arange(count) * 7 % 31
    return (values if dtype in (torch.bool, torch.uint8) else values * 0.25 - 3).reshape(shape).to(dtype)


def expect(name, tensors):
    EXPECTED[name] = {key: {"type": str(value.dtype)[6:], "shape": list(value.shape), "values": value.detach().double().flatten().tolist()}
                      for key, value in tensors.items()}


def save(name, value, tensors, legacy=True, **options):
    for suffix, is_zip in [("", True), ("-legacy", False)][:2 if legacy else 1]:
        path = os.path.join(FOLDER, f"{name}{suffix}.pth")
        torch.save(value, path, _use_new_zipfile_serialization=is_zip, **options)
        torch.load(path)
        expect(os.path.basename(path), tensors)


types = collections.OrderedDict((str(dtype)[6:], some(dtype, 2, 3)) for dtype in TYPES)
types["scalar"] = torch.tensor(42)
types["empty"] = torch.zeros(0, 3)
save("types", types, types)

base = some(torch.float32, 4, 6)
views = {
    "whole": base, "row": base[2], "column": base[:, 1], "transposed": base.t(), "corner": base[1:3, 2:5], "every_other": base[::2, ::3],
    "channels_last": some(torch.float32, 2, 3, 2, 2).to(memory_format=torch.channels_last),
    "repeated": torch.tensor([1.5]).expand(3, 2), "overlapping": base.as_strided((3, 4), (1, 2), 5), "nothing": base[4:],
}
save("views", views, views)

torch.manual_seed(1)
module = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 1, bias=False), torch.nn.BatchNorm2d(3))
save("module", module.state_dict(), module.state_dict())
save("parameters", dict(module.named_parameters()), dict(module.named_parameters()))
parallel = torch.nn.DataParallel(module).state_dict()
save("parallel", parallel, parallel, legacy=False)
for protocol in (3, 4, 5):
    save(f"protocol{protocol}", module.state_dict(), module.state_dict(), pickle_protocol=protocol)

optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
module(torch.ones(2, 2, 4, 4)).sum().backward()
optimizer.step()
averaged = {"module." + key: value + 1 for key, value in module.state_dict().items()}
run = {"epoch": 3, "arch": "resnext", "best_acc1": torch.tensor(0.5), "state_dict": module.state_dict(), "optimizer": optimizer.state_dict(), "lr": [0.1, 1e-3], "none": None}
save("nested", run, module.state_dict())
save("averaged", {"model": module.state_dict(), "model_ema": averaged, "epoch": 1}, averaged, legacy=False)
save("mixed", {**module.state_dict(), "epoch": 3, "mean": (0.5, 0.5)}, module.state_dict(), legacy=False)

# What scripts save beside the weights: torchvision's references the first three, others the rest.
beside = {
    "model": module.state_dict(), "epoch": 3, "args": argparse.Namespace(lr=0.1, data_path="x", milestones=[1, 2], nested=argparse.Namespace(a=None)),
    "lr_scheduler": torch.optim.lr_scheduler.MultiStepLR(optimizer, [10, 20]).state_dict(), "acc": np.float64(71.25), "confusion": np.arange(6, dtype=np.float32).reshape(2, 3),
    "device": torch.device("cuda:1"), "out": pathlib.PurePosixPath("runs/1"), "classes": {"a", "b"}, "frozen": frozenset({1}), "counts": collections.defaultdict(int, {"a": 1}),
    "recent": collections.deque([1.0, 2.0], maxlen=5), "when": datetime.datetime(2026, 1, 1), "dtype": torch.float16, "bytes": b"\x00\xff", "complex": 1 + 2j,
}
save("beside", beside, module.state_dict())
for protocol in (3, 4, 5):
    save(f"beside{protocol}", beside, module.state_dict(), pickle_protocol=protocol)

# The same zip, packed with deflate.
with zipfile.ZipFile(os.path.join(FOLDER, "types.pth")) as source, zipfile.ZipFile(os.path.join(FOLDER, "deflated.pth"), "w", zipfile.ZIP_DEFLATED) as target:
    for member in source.namelist():
        target.writestr(member, source.read(member))
torch.load(os.path.join(FOLDER, "deflated.pth"))
expect("deflated.pth", types)


# As Python 2 wrote it before 2018: text as bytes, an OrderedDict as a list of pairs, a storage that is a view of another.
def text(value):
    return b"U" + bytes([len(value)]) + value.encode()


def old_tensor(key, count, view, shape, strides):
    numbers = lambda values: b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + b"K" + bytes([count]) + view + b"tQ"
    return b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K\x01" + numbers(shape) + numbers(strides) + b"tR"


view = b"(" + text("77") + b"K\x02K\x05t"
pairs = [b"]" + b"(" + text("a.weight") + old_tensor("7", 9, b"N", [2, 3], [3, 1]) + b"e", b"]" + b"(" + text("a.bias") + old_tensor("7", 9, view, [3], [1]) + b"e"]
head = b"".join(pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}))
old = head + b"\x80\x02ccollections\nOrderedDict\n](" + b"".join(pairs) + b"e\x85R." + b"\x80\x02](" + text("7") + b"e." + struct.pack("<q9f", 9, *range(9))
with open(os.path.join(FOLDER, "python2.pth"), "wb") as file:
    file.write(old)
loaded = torch.load(os.path.join(FOLDER, "python2.pth"), encoding="ascii")
expect("python2.pth", loaded)
assert loaded["a.bias"].tolist() == [3, 4, 5]

header, data = {"__metadata__": {"format": "pt"}}, b""
for key, value in types.items():
    raw = value.contiguous().view(torch.uint8).numpy().tobytes() if value.dim() else struct.pack("<q", value.item())
    header[key] = {"dtype": SAFE[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
header = json.dumps(header).encode()
with open(os.path.join(FOLDER, "types.safetensors"), "wb") as file:
    file.write(struct.pack("<q", len(header)) + header + data)
expect("types.safetensors", types)

# TorchSharp's Module.save: LEB128 numbers; the type is libtorch's number.
NUMBERS = dict(zip(TYPES, [7, 6, 5, 15, 4, 3, 2, 1, 0, 11]))


def leb128(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + leb128(value >> 7)


with open(os.path.join(FOLDER, "types.dat"), "wb") as file:
    file.write(leb128(len(types)))
    for key, value in types.items():
        raw = value.contiguous().view(torch.uint8).numpy().tobytes() if value.dim() else struct.pack("<q", value.item())
        file.write(leb128(len(key)) + key.encode() + leb128(NUMBERS[value.dtype]) + leb128(value.dim()) + b"".join(map(leb128, value.shape)) + raw)
expect("types.dat", types)

with open(os.path.join(FOLDER, "expected.json"), "w") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(tensors)}" for name, tensors in EXPECTED.items()) + "\n}\n")
