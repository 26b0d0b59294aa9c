"""Pictures: whether bytes really are one, and the same picture at another size or in another format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from assetgen.media.containers import header, notes, sniff
from assetgen.media.problems import MediaError

__all__ = ["MOST_PIXELS", "Picture", "encode", "fit", "look", "sniff", "verify"]

MOST_PIXELS = 40_000_000
ORIENTATION = 0x0112
TURNED = (b"xif", b"XIf", b"Orientation")
"""Where a picture says that it is to be shown turned, one of these stands in its bytes."""
LOSS = 6
"""How far one colour may be spread by a lossy format, in 256ths."""
READERS: dict[str, type[ImageFile.ImageFile]] = {
    "image/png": PngImageFile,
    "image/jpeg": JpegImageFile,
    "image/webp": WebPImageFile,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was verified; sizes in pixels, as stored."""

    media_type: str
    width: int
    height: int


def verify(data: bytes, *, reject_blank: bool = True) -> Picture:
    """Make sure that the bytes are one whole, still picture: by checksums (PNG) or by decoding it (JPEG, WebP).

    Raises:
        MediaError: It is none, damaged, animated, larger than 40 megapixels, or, with `reject_blank`, of one colour.
    """
    media_type = sniff(data)
    facts = header(data)
    pixels = facts.width * facts.height
    if not 0 < pixels <= MOST_PIXELS:
        raise MediaError(f"The picture says that it has {facts.width}x{facts.height} pixels.")
    if facts.animated:
        raise MediaError("The picture is animated.")
    suspicious = reject_blank and len(data) < 1024 + pixels // 32
    with _opened(data) as image:
        if media_type != "image/png" or suspicious:
            image.load()
        if suspicious and _is_blank(image):
            raise MediaError("The picture is blank: every pixel has the same colour.")
    return Picture(media_type, facts.width, facts.height)


def look(data: bytes) -> Picture:
    """What a picture says of itself, by its header and checksums alone. Raises MediaError where that is wrong."""
    facts = header(data)
    return Picture(sniff(data), facts.width, facts.height)


def fit(data: bytes, width: int, height: int, media_type: str | None = None, *, known: Picture | None = None) -> bytes:
    """The picture at exactly this size: scaled until it covers it, and cropped around its middle.

    `media_type` None keeps the format. The very same bytes come back when nothing has to change. `known` is what
    verifying these bytes has told already.

    Raises:
        MediaError: The bytes can't be decoded.
    """
    found = known or look(data)
    wanted = media_type or found.media_type
    if found == Picture(wanted, width, height) and not _may_be_turned(data, wanted):
        return data
    with _opened(data) as image:
        upright = image.getexif().get(ORIENTATION, 1) == 1
        if upright and image.size == (width, height) and wanted == sniff(data):
            return data
        turned = _in_plain_colours(ImageOps.exif_transpose(image))
        return encode(ImageOps.fit(turned, (width, height), Image.Resampling.LANCZOS), wanted)


def encode(image: Image.Image, media_type: str) -> bytes:
    """A picture's bytes. What is transparent lies on white where the format knows no transparency."""
    buffer = io.BytesIO()
    match media_type:
        case "image/png":
            image.save(buffer, "PNG", compress_level=3)
        case "image/jpeg":
            _on_white(image).save(buffer, "JPEG", quality=92)
        case "image/webp":
            image.save(buffer, "WEBP", quality=92)
        case _:
            raise MediaError(f"Pictures can't be written as `{media_type}`.")
    return buffer.getvalue()


def _may_be_turned(data: bytes, media_type: str) -> bool:
    """Whether something in the bytes may say that the picture is to be shown turned."""
    said = notes(data) if media_type == "image/png" else data
    return any(sign in said for sign in TURNED)


@contextmanager
def _opened(data: bytes) -> Iterator[ImageFile.ImageFile]:
    """Open with the one reader that belongs to the type, and turn its many complaints into one."""
    try:
        # Not `Image.open`: it tries further formats, and warns about sizes that were checked already.
        with READERS[sniff(data)](io.BytesIO(data)) as image:
            yield image
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise MediaError(f"The picture can't be decoded: {error}.") from error


def _is_blank(image: Image.Image) -> bool:
    bands = image.convert("RGBA").getextrema()
    flat = [high - low <= LOSS for low, high in bands]  # type: ignore[misc]
    invisible = bands[-1] == (0, 0)
    return invisible or all(flat)


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where there is transparency, in the colours of sRGB."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    plain = image.convert(mode) if not profile or image.mode != "CMYK" else image
    return _without_profile(plain, profile, mode) if profile else plain


def _without_profile(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    """Into sRGB; where the profile doesn't fit the picture, the numbers stay as they are."""
    alpha = image.getchannel("A") if mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        result = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        result = None
    converted = result or colours.convert("RGB")
    converted.info.pop("icc_profile", None)
    if alpha:
        converted.putalpha(alpha)
    return converted


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
