"""Draws images of the kinds that Pillow and Skia may read differently, ten of each.

    python3 make_differences.py FOLDER

FOLDER/KIND/N.ext      the encoded file
FOLDER/KIND/N.ext.rgb  the bytes of ImageOps.exif_transpose and convert("RGB"), as Pillow 9.4 gives them
"""
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

from make_goldens import draw, png_chunk, sixteen_bit_png, swapped_profile, with_alpha

COUNT = 10


def deep_gray_png(image):
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in np.asarray(image.convert("L")).astype(np.int64) * 257)
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def cmyk_profile():
    profile = bytearray(swapped_profile())
    profile[16:20] = b"CMYK"
    return bytes(profile)


def small_frame_gif(path, image):
    """A first frame that leaves part of the canvas uncovered: Pillow fills it with colour 0 of the palette."""
    image.quantize(64).save(path)
    data = bytearray(path.read_bytes())
    data[6:10] = struct.pack("<HH", image.width + 9, image.height + 7)
    path.write_bytes(data)


KINDS = {
    "webp-lossy": (".webp", lambda path, image, seed: image.save(path, quality=80)),
    "webp-lossy-alpha": (".webp", lambda path, image, seed: with_alpha(image, seed).save(path, quality=80, exact=True)),
    "webp-lossless-alpha": (".webp", lambda path, image, seed: with_alpha(image, seed).save(path, lossless=True, exact=True)),
    "webp-turned": (".webp", lambda path, image, seed: image.save(path, quality=80, exif=turned())),
    "jpeg-cmyk": (".jpg", lambda path, image, seed: image.convert("CMYK").save(path, quality=90)),
    "jpeg-cmyk-profile": (".jpg", lambda path, image, seed: image.convert("CMYK").save(path, quality=90, icc_profile=cmyk_profile())),
    "png-16bit-rgb": (".png", lambda path, image, seed: path.write_bytes(sixteen_bit_png(image, seed))),
    "png-16bit-gray": (".png", lambda path, image, seed: path.write_bytes(deep_gray_png(image))),
    "png-turned": (".png", lambda path, image, seed: image.save(path, exif=turned())),
    "png-profile": (".png", lambda path, image, seed: image.save(path, icc_profile=swapped_profile())),
    "gif-transparent": (".gif", lambda path, image, seed: image.quantize(16).save(path, transparency=3)),
    "gif-small-frame": (".gif", lambda path, image, seed: small_frame_gif(path, image)),
    "bmp-32bit": (".bmp", lambda path, image, seed: with_alpha(image, seed).save(path)),
}


def main():
    for kind, (extension, save) in KINDS.items():
        folder = pathlib.Path(sys.argv[1]) / kind
        folder.mkdir(parents=True)
        for seed in range(COUNT):
            path = folder / f"{seed}{extension}"
            save(path, draw(60 + (7 * seed), 131 - (5 * seed), 1000 + seed), seed)
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            pathlib.Path(f"{path}.rgb").write_bytes(np.asarray(image).tobytes())


if __name__ == "__main__":
    main()
