#!/usr/bin/env python3
"""Writes Goldens/orientations.json: small images whose files tell their orientation in ordinary and in odd ways, each with the
orientation by which Pillow's ImageOps.exif_transpose turns it (1 for not at all; null where Pillow raises an error). Made with Pillow 9.4 (Debian 12)."""
import base64, io, json, struct, warnings, zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
PIXELS = (np.arange(6 * 9 * 3).reshape(6, 9, 3) * 7 % 251).astype("uint8")
METHODS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}
TYPES = (*range(1, 14), 16)


def encode(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(entries, order="<", magic=None, offset=8, extra=b""):
    """entries: (tag, type, count, data); data longer than 4 bytes is put behind the directory."""
    head = (b"II" if order == "<" else b"MM") + (struct.pack(order + "H", 42) if magic is None else magic) + struct.pack(order + "I", offset)
    directory, data = struct.pack(order + "H", len(entries)), b""
    behind = offset + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        if len(value) > 4:
            value, data = struct.pack(order + "I", behind + len(data)), data + value
        directory += struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0")
    return head + b"\0" * (offset - 8) + directory + b"\0\0\0\0" + data + extra


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


JPEG = encode("JPEG", quality=95)


def jpeg(*segments, junk=b""):
    return JPEG[:2] + junk + b"".join(segments) + JPEG[2:]


def exif(tiff_bytes):
    return segment(0xE1, b"Exif\0\0" + tiff_bytes)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = encode("PNG")


def png(*chunks, last=False):
    at = len(PNG) - 12 if last else 33
    return PNG[:at] + b"".join(chunks) + PNG[at:]


def webp(tiff_bytes, flag=True):
    file = bytearray(encode("WEBP", lossless=True, exif=tiff_bytes))
    assert file[12:16] == b"VP8X" and file[20] & 8
    file[20] = file[20] if flag else file[20] & ~8
    return bytes(file)


FORMATS = {3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}


def cases():
    for order, word in (("<", "little"), (">", "big")):
        for kind in TYPES:
            if kind in (1, 7):
                data = b"\6"
            elif kind == 2:
                data = b"6"
            elif kind in (5, 10):
                data = struct.pack(order + ("II" if kind == 5 else "ii"), 12, 2)
            else:
                data = struct.pack(order + FORMATS[kind], 6)
            yield f"jpeg, type {kind}, {word}-endian", jpeg(exif(tiff([(0x112, kind, 1, data)], order)))
            yield f"webp, type {kind}, {word}-endian", webp(tiff([(0x112, kind, 1, data)], order))
            yield f"png, type {kind}, {word}-endian", png(chunk(b"eXIf", tiff([(0x112, kind, 1, data)], order)))
    six = struct.pack("<H", 6)
    for value in (0, 1, 2, 3, 4, 5, 7, 8, 9, 65535):
        yield f"value {value}", jpeg(exif(tiff([(0x112, 3, 1, struct.pack("<H", value))])))
    yield "long of a large value", jpeg(exif(tiff([(0x112, 4, 1, struct.pack("<I", 0x60006))])))
    yield "signed -6", jpeg(exif(tiff([(0x112, 8, 1, struct.pack("<h", -6))])))
    yield "float 6.5", jpeg(exif(tiff([(0x112, 11, 1, struct.pack("<f", 6.5))])))
    yield "rational 6/0", jpeg(exif(tiff([(0x112, 5, 1, struct.pack("<II", 6, 0))])))
    yield "rational 13/2", jpeg(exif(tiff([(0x112, 5, 1, struct.pack("<II", 13, 2))])))
    yield "unknown type 14", jpeg(exif(tiff([(0x112, 14, 1, six)])))
    yield "type 0", jpeg(exif(tiff([(0x112, 0, 1, six)])))
    yield "count 0", jpeg(exif(tiff([(0x112, 3, 0, six)])))
    yield "count 2, both in the entry", jpeg(exif(tiff([(0x112, 3, 2, struct.pack("<HH", 6, 3))])))
    yield "count 4, behind the directory", jpeg(exif(tiff([(0x112, 3, 4, struct.pack("<HHHH", 8, 3, 1, 1))])))
    yield "count 70000, behind the end", jpeg(exif(tiff([(0x112, 3, 70000, struct.pack("<I", 40))])))
    yield "offset behind the end", jpeg(exif(tiff([(0x112, 4, 2, struct.pack("<I", 0xFFFFFFF0))])))
    yield "second entry of the tag", jpeg(exif(tiff([(0x112, 3, 1, struct.pack("<H", 3)), (0x112, 3, 1, six)])))
    yield "second entry of an unknown type", jpeg(exif(tiff([(0x112, 3, 1, struct.pack("<H", 3)), (0x112, 14, 1, six)])))
    yield "second entry is bytes", jpeg(exif(tiff([(0x112, 3, 1, struct.pack("<H", 3)), (0x112, 1, 1, b"\6")])))
    yield "unordered entries", jpeg(exif(tiff([(0x9000, 7, 4, b"0231"), (0x112, 3, 1, six), (0x100, 3, 1, six)])))
    yield "directory cut before its second entry", jpeg(exif(tiff([(0x112, 3, 1, six), (0x113, 3, 1, six)])[:8 + 2 + 12 + 5]))
    yield "directory cut inside the entry", jpeg(exif(tiff([(0x112, 3, 1, six)])[:8 + 2 + 10]))
    yield "directory far behind", jpeg(exif(tiff([(0x112, 3, 1, six)], offset=200)))
    yield "directory behind the end", jpeg(exif(tiff([(0x112, 3, 1, six)])[:4] + struct.pack("<I", 0xFFFFFF00)))
    only_second = tiff([(0x100, 3, 1, six)])
    second = struct.pack("<H", 1) + struct.pack("<HHI", 0x112, 3, 1) + six + b"\0\0" + b"\0\0\0\0"
    yield "in the second directory only", jpeg(exif(only_second[:-4] + struct.pack("<I", len(only_second)) + second))
    inside = tiff([(0x8769, 4, 1, struct.pack("<I", 26))])
    yield "in the EXIF directory only", jpeg(exif(inside + second))
    yield "magic of the other order, II", jpeg(exif(tiff([(0x112, 3, 1, six)], magic=b"\0*")))
    yield "magic of the other order, MM", jpeg(exif(tiff([(0x112, 3, 1, struct.pack(">H", 6))], ">", magic=b"*\0")))
    yield "magic unknown", jpeg(exif(tiff([(0x112, 3, 1, six)], magic=b"\x10\0")))
    yield "no TIFF at all", jpeg(exif(b"nothing of that kind"))
    yield "empty", jpeg(segment(0xE1, b"Exif\0\0"))
    yield "two segments", jpeg(exif(tiff([(0x112, 3, 1, six)])), exif(tiff([(0x112, 3, 1, struct.pack("<H", 3))])))
    yield "after other segments", jpeg(segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xFE, b"a comment \xff\xe1"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), exif(tiff([(0x112, 3, 1, six)])))
    yield "padded markers", jpeg(b"\xff\xff\xff" + exif(tiff([(0x112, 3, 1, six)])))
    yield "junk between markers", jpeg(exif(tiff([(0x112, 3, 1, six)])), junk=b"abc")
    yield "in another marker", jpeg(segment(0xE2, b"Exif\0\0" + tiff([(0x112, 3, 1, six)])))
    yield "name of five bytes", jpeg(segment(0xE1, b"Exif\0\xff" + tiff([(0x112, 3, 1, six)])))
    xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    element = "<x><tiff:Orientation>8</tiff:Orientation></x>"
    yield "jpeg, in XMP only", jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()))
    itxt = lambda text, packed=False: b"XML:com.adobe.xmp\0" + (b"\1\0" if packed else b"\0\0") + b"en\0key\0" + (zlib.compress(text.encode()) if packed else text.encode())
    yield "png, in XMP as attribute", png(chunk(b"iTXt", itxt(xmp)))
    yield "png, in XMP as element", png(chunk(b"iTXt", itxt(element)))
    yield "png, in packed XMP", png(chunk(b"iTXt", itxt(xmp, True)))
    yield "png, in XMP behind the pixels", png(chunk(b"iTXt", itxt(xmp)), last=True)
    yield "png, in XMP as 9", png(chunk(b"iTXt", itxt(xmp.replace('"6"', '"9"'))))
    yield "png, EXIF beats XMP", png(chunk(b"iTXt", itxt(xmp)), chunk(b"eXIf", tiff([(0x112, 3, 1, struct.pack("<H", 3))])))
    yield "png, EXIF without the tag, XMP", png(chunk(b"iTXt", itxt(xmp)), chunk(b"eXIf", tiff([(0x100, 3, 1, six)])))
    yield "png, EXIF behind the pixels", png(chunk(b"eXIf", tiff([(0x112, 3, 1, six)])), last=True)
    yield "png, EXIF twice", png(chunk(b"eXIf", tiff([(0x112, 3, 1, six)])), chunk(b"eXIf", tiff([(0x112, 3, 1, struct.pack("<H", 3))])))
    yield "png, EXIF with its name", png(chunk(b"eXIf", b"Exif\0\0" + tiff([(0x112, 3, 1, six)])))
    raw = b"Exif\0\0" + tiff([(0x112, 3, 1, six)])
    profile = "\nexif\n%8d\n" % len(raw) + "\n".join(raw.hex()[i:i + 72] for i in range(0, 2 * len(raw), 72)) + "\n"
    yield "png, raw profile", png(chunk(b"tEXt", b"Raw profile type exif\0" + profile.encode()))
    yield "png, packed raw profile", png(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile.encode())))
    yield "png, raw profile beside EXIF", png(chunk(b"tEXt", b"Raw profile type exif\0" + profile.encode()), chunk(b"eXIf", tiff([(0x112, 3, 1, struct.pack("<H", 3))])))
    yield "webp, EXIF without its flag", webp(tiff([(0x112, 3, 1, six)]), flag=False)
    yield "webp, EXIF with its name", webp(b"Exif\0\0" + tiff([(0x112, 3, 1, six)]))


def turned(file):
    try:
        stored = Image.open(io.BytesIO(file))
        upright = np.asarray(ImageOps.exif_transpose(stored).convert("RGB"))
    except Exception:
        return None
    image = Image.open(io.BytesIO(file)).convert("RGB")
    return next(o for o in range(1, 9) if np.array_equal(np.asarray(image.transpose(METHODS[o]) if o > 1 else image), upright))


goldens = [{"name": name, "file": base64.b64encode(file).decode(), "orientation": turned(file)} for name, file in cases()]
assert len({g["name"] for g in goldens}) == len(goldens)
(Path(__file__).parent / "Goldens" / "orientations.json").write_text(json.dumps(goldens, indent=1) + "\n")
for g in goldens:
    print(g["orientation"], g["name"])
