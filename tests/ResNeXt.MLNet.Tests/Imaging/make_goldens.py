"""Draws small images from a seed and writes what torchvision makes of them.

Goldens/images/*     the encoded files
Goldens/goldens.json for each file the SHA-256 of its decoded RGB bytes as they are stored; then, turned upright by
                     ImageOps.exif_transpose, its size and SHA-256, and for each transform the SHA-256 of
                     Resize(resize) or Resize((resize, resize)), and CenterCrop(crop)

The goldens were made with Python 3.11, Pillow 9.4.0 (libjpeg-turbo 2.1.5), NumPy 1.24 and torchvision 0.14.1:

    python3 make_goldens.py
"""
import hashlib
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageDraw, ImageOps
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

GOLDENS = pathlib.Path(__file__).parent / "Goldens"
IMAGES = GOLDENS / "images"
TRANSFORMS = [  # resize, crop, fit
    (32, 28, "ShorterSide"),
    (32, 32, "ShorterSide"),
    (33, 20, "ShorterSide"),
    (7, 4, "ShorterSide"),
    (35, 30, "BothSides"),
]
INTERPOLATIONS = {"Bilinear": InterpolationMode.BILINEAR, "Bicubic": InterpolationMode.BICUBIC}


def draw(width, height, seed):
    """A smooth gradient, shapes with hard edges and noise, as RGB."""
    random = np.random.default_rng(seed)
    x = np.linspace(0, 1, width)[None, :, None]
    y = np.linspace(0, 1, height)[:, None, None]
    a, b, c = random.uniform(0, 255, (3, 3))
    image = Image.fromarray(np.clip(a * x + b * y + c * (1 - x * y), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for _ in range(4):
        x0, y0 = random.uniform(0, width), random.uniform(0, height)
        box = [x0, y0, x0 + random.uniform(1, width), y0 + random.uniform(1, height)]
        fill = tuple(int(v) for v in random.integers(0, 256, 3))
        (pen.ellipse if random.random() < 0.5 else pen.rectangle)(box, fill=fill)
    pixels = np.asarray(image) + random.normal(0, 12, (height, width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def with_alpha(image, seed):
    alpha = np.random.default_rng(seed).integers(0, 256, (image.height, image.width)).astype(np.uint8)
    alpha[: image.height // 3] = 0  # invisible pixels have a colour, too
    image = image.copy()
    image.putalpha(Image.fromarray(alpha))
    return image


def swapped_profile():
    """An sRGB profile with the red and green primaries swapped: whoever applies it is found out."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2020, 1, 1, 0, 0, 0)  # not the time of the run
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sixteen_bit_png(image, seed):
    """Pillow reads 16-bit RGB but cannot write it."""
    low = np.random.default_rng(seed).integers(0, 256, (image.height, image.width, 3))
    deep = (np.asarray(image).astype(np.int64) * 256 + low).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def interlaced_png(image):
    """Pillow reads Adam7 but does not write it."""
    color = {"L": 0, "RGB": 2, "P": 3, "RGBA": 6}[image.mode]
    pixels = np.asarray(image).reshape(image.height, image.width, -1)
    rows = b""
    for x, y, step_x, step_y in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = pixels[y::step_y, x::step_x]
        if part.shape[1]:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, color, 0, 0, 1)
    palette = png_chunk(b"PLTE", bytes(image.getpalette())) if image.mode == "P" else b""
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + palette + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


# No GIF with transparent pixels: they keep their palette colour in Pillow, and in Skia they have none (black).


def write_images():
    IMAGES.mkdir(parents=True, exist_ok=True)
    for old in IMAGES.iterdir():
        old.unlink()

    def save(name, image, **options):
        image.save(IMAGES / name, **options)

    save("jpeg-420-97x61.jpg", draw(97, 61, 1), quality=90, subsampling="4:2:0")
    save("jpeg-420-98x131.jpg", draw(98, 131, 2), quality=60, subsampling="4:2:0")
    save("jpeg-422-75x50.jpg", draw(75, 50, 3), quality=85, subsampling="4:2:2")
    save("jpeg-444-80x123.jpg", draw(80, 123, 4), quality=95, subsampling="4:4:4")
    save("jpeg-progressive-90x64.jpg", draw(90, 64, 5), quality=80, progressive=True)
    save("jpeg-gray-64x91.jpg", draw(64, 91, 6).convert("L"), quality=88)
    save("jpeg-profile-60x44.jpg", draw(60, 44, 7), quality=90, icc_profile=swapped_profile())
    for orientation in range(1, 9):
        turned = Image.Exif()
        turned[0x0112] = orientation
        save(f"jpeg-turned-{orientation}-70x40.jpg", draw(70, 40, 7 + orientation), quality=90, exif=turned)
        save(f"jpeg-turned-{orientation}-gray-37x53.jpg", draw(37, 53, 100 + orientation).convert("L"), quality=90, exif=turned)
    save("jpeg-cmyk-52x48.jpg", draw(52, 48, 9).convert("CMYK"), quality=92)
    save("png-rgb-50x73.png", draw(50, 73, 10))
    save("png-rgba-61x40.png", with_alpha(draw(61, 40, 11), 11))
    save("png-palette-70x44.png", draw(70, 44, 12).quantize(64))
    save("png-palette-transparent-44x40.png", draw(44, 40, 13).quantize(16), transparency=3)
    save("png-gray-40x57.png", draw(40, 57, 14).convert("L"))
    save("png-gray-alpha-41x39.png", with_alpha(draw(41, 39, 15).convert("L"), 15))
    save("png-1bit-45x50.png", draw(45, 50, 16).convert("1"))
    (IMAGES / "png-16bit-37x40.png").write_bytes(sixteen_bit_png(draw(37, 40, 17), 17))
    save("gif-45x66.gif", draw(45, 66, 18).quantize(128))
    save("gif-animated-40x36.gif", draw(40, 36, 20).quantize(32), save_all=True, append_images=[draw(40, 36, 21).quantize(32)])
    save("bmp-31x42.bmp", draw(31, 42, 22))
    save("webp-lossless-55x47.webp", draw(55, 47, 23), lossless=True)
    save("webp-lossy-64x50.webp", draw(64, 50, 24), quality=80)
    save("png-1x1.png", draw(1, 1, 25))
    save("jpeg-1x1.jpg", draw(1, 1, 26))
    save("png-1x40.png", draw(1, 40, 27))
    save("jpeg-40x1.jpg", draw(40, 1, 28), quality=90)
    save("jpeg-2x3.jpg", draw(2, 3, 29), quality=90)
    save("png-19x23.png", draw(19, 23, 30))
    save("jpeg-panorama-400x20.jpg", draw(400, 20, 31), quality=85)
    save("png-tower-12x240.png", draw(12, 240, 32))
    save("png-32x32.png", draw(32, 32, 33))
    save("jpeg-33x33.jpg", draw(33, 33, 34), quality=90)
    save("jpeg-progressive-444-51x70.jpg", draw(51, 70, 40), quality=90, progressive=True, subsampling="4:4:4")
    save("jpeg-progressive-422-77x40.jpg", draw(77, 40, 41), quality=75, progressive=True, subsampling="4:2:2")
    save("jpeg-progressive-gray-40x77.jpg", draw(40, 77, 42).convert("L"), quality=75, progressive=True)
    save("jpeg-422-64x64.jpg", draw(64, 64, 43), quality=50, subsampling="4:2:2")
    save("jpeg-422-33x90.jpg", draw(33, 90, 44), quality=95, subsampling="4:2:2", optimize=True)
    save("jpeg-420-1x50.jpg", draw(1, 50, 45), quality=90, subsampling="4:2:0")
    save("jpeg-420-quality10-80x60.jpg", draw(80, 60, 46), quality=10, subsampling="4:2:0")
    save("jpeg-420-32x32.jpg", draw(32, 32, 47), quality=90, subsampling="4:2:0")
    (IMAGES / "png-interlaced-rgb-45x38.png").write_bytes(interlaced_png(draw(45, 38, 48)))
    (IMAGES / "png-interlaced-gray-38x51.png").write_bytes(interlaced_png(draw(38, 51, 49).convert("L")))
    (IMAGES / "png-interlaced-rgba-40x33.png").write_bytes(interlaced_png(with_alpha(draw(40, 33, 50), 50)))
    (IMAGES / "png-interlaced-palette-50x41.png").write_bytes(interlaced_png(draw(50, 41, 51).quantize(64)))
    (IMAGES / "png-interlaced-3x2.png").write_bytes(interlaced_png(draw(3, 2, 52)))
    save("png-palette-4bit-51x36.png", draw(51, 36, 53).quantize(16), bits=4)
    save("png-palette-2bit-35x47.png", draw(35, 47, 54).quantize(4), bits=2)
    save("png-panorama-240x12.png", draw(240, 12, 55))
    save("png-40x1.png", draw(40, 1, 56))
    save("gif-gray-39x48.gif", draw(39, 48, 57).convert("L"))
    save("gif-7x5.gif", draw(7, 5, 58).quantize(16))
    save("bmp-gray-46x33.bmp", draw(46, 33, 59).convert("L"))
    save("bmp-palette-35x40.bmp", draw(35, 40, 60).quantize(64))
    save("bmp-1bit-37x41.bmp", draw(37, 41, 61).convert("1"))


def digest(image):
    return hashlib.sha256(np.asarray(image).tobytes()).hexdigest()


def transforms_of(image):
    for resize, crop, fit in TRANSFORMS:
        for name, interpolation in INTERPOLATIONS.items():
            size = (resize, resize) if fit == "BothSides" else resize
            made = CenterCrop(crop)(Resize(size, interpolation)(image))
            assert made.size == (crop, crop)
            yield {"resize": resize, "crop": crop, "fit": fit, "interpolation": name, "sha256": digest(made)}


def main():
    write_images()
    goldens = []
    for path in sorted(IMAGES.iterdir()):
        stored = Image.open(path)
        image = ImageOps.exif_transpose(stored).convert("RGB")
        goldens.append({
            "file": path.name,
            "storedSha256": digest(stored.convert("RGB")),
            "width": image.width,
            "height": image.height,
            "sha256": digest(image),
            "transforms": list(transforms_of(image)),
        })
    (GOLDENS / "goldens.json").write_text(json.dumps(goldens, indent=1) + "\n")


if __name__ == "__main__":
    main()
