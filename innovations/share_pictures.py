"""The picture that stands beside a link shared elsewhere: cover art above, words on its ground."""

import hashlib
import io
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from PIL import Image, ImageDraw, ImageFont

from innovations import covers

WIDTH, HEIGHT = 1200, 630
# Part of what a picture is known by: raise it when the drawing changes.
DESIGN = 1
DAY = 24 * 60 * 60
# A name that has been taken off the site is soon gone from everybody's caches too.
SHOWN_SECONDS = 5 * 60

# The Latin and extended Latin letters of @fontsource/plus-jakarta-sans: Pillow reads no woff2.
FONT = settings.BASE_DIR / "static" / "fonts" / "plus-jakarta-sans-700.ttf"
MARGIN = 64
TITLE = {"top": 306, "height": 168, "sizes": (80, 68, 56, 48, 40, 34), "colour": "#ffffff"}
LINE = {"height": 60, "sizes": (32, 28, 24), "colour": "#f4f1e8"}
GAP = 12
FOOT, MARK_SCALE = 584, 1.2
LEADING = 1.16

# Sky, far ridge, near ridge and flower of each cover, as `.cover--1` to `.cover--6` in site.css.
PALETTES = (
    ("#fde6c8", "#d79a6b", "#0f5446", "#c23a78"),
    ("#d8efe7", "#7dbba8", "#145a4b", "#d4548c"),
    ("#f8dbe6", "#c58aa6", "#5b2146", "#a8235f"),
    ("#dfe9f7", "#8ba9cf", "#1f4268", "#d65f94"),
    ("#fbeecb", "#cfae57", "#3f5a1d", "#b52f6d"),
    ("#e7e1f5", "#9f90c9", "#33306b", "#d1478a"),
)
HEART = "#f2b84b"

# The cover's own height is pressed into this, so that its near ridge ends where the words begin.
ART_HEIGHT = 306
# Drawn this many times larger and then reduced, because Pillow's shapes have hard edges.
FINER = 2
STEPS = 16
CURVE = re.compile(r"C(\d+) (\d+) (\d+) (\d+) (\d+) (\d+)")


@dataclass(frozen=True)
class SharePicture:
    """What a picture says: a title, a line below it, and at the foot whose it is."""

    title: str
    line: str
    owner: str

    @property
    def digest(self) -> str:
        """Changes with anything that is seen."""
        return hashlib.sha256(repr((DESIGN, self)).encode()).hexdigest()[:32]

    def response(self, request) -> HttpResponse:
        """The PNG, kept by browsers for minutes, by us for a day; 304 for whoever has it."""
        etag = quote_etag(self.digest)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            png = cache.get_or_set(f"share-picture:{self.digest}", self.draw, DAY)
            response = HttpResponse(png, content_type="image/png")
        response["ETag"] = etag
        response["Cache-Control"] = f"public, max-age={SHOWN_SECONDS}"
        return response

    def draw(self) -> bytes:
        """The picture as PNG."""
        picture = _landscape(covers.draw_cover(self.title))
        draw = ImageDraw.Draw(picture)
        below = _write(draw, self.title, **TITLE)
        _write(draw, self.line, top=below + GAP, **LINE)
        draw.text((MARGIN + 62, FOOT), self.owner, LINE["colour"], _font(26), anchor="lm")
        buffer = io.BytesIO()
        picture.quantize(96).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _font(size):
    return ImageFont.truetype(FONT, size)


def _bezier(start, first, second, end):
    """Points along a cubic Bézier curve, without its start."""
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        points = (start, first, second, end)
        yield tuple(
            sum(weight * point[axis] for weight, point in zip(weights, points, strict=True))
            for axis in (0, 1)
        )


def ridge_points(path: str) -> list[tuple[float, float]]:
    """The crest of a cover's ridge, in the cover's units, from left to right."""
    at = (0, int(re.match(r"M0 \d+V(\d+)", path)[1]))
    points = [at]
    for numbers in CURVE.findall(path):
        x1, y1, x2, y2, x, y = map(int, numbers)
        points.extend(_bezier(at, (x1, y1), (x2, y2), (x, y)))
        at = (x, y)
    return points


def _landscape(cover) -> Image.Image:
    """The cover's sky, ridges and flower; the ground of its near ridge fills the rest."""
    sky, far, near, bloom = PALETTES[cover.palette - 1]
    across, down = FINER * WIDTH / covers.WIDTH, FINER * ART_HEIGHT / covers.HEIGHT
    picture = Image.new("RGB", (FINER * WIDTH, FINER * HEIGHT), sky)
    draw = ImageDraw.Draw(picture)
    ground = [(FINER * WIDTH, FINER * HEIGHT), (0, FINER * HEIGHT)]

    def ridge(path, colour):
        crest = [(x * across, y * down) for x, y in ridge_points(path)]
        draw.polygon(crest + ground, fill=colour)

    ridge(cover.far_ridge, far)
    at = (cover.flower_x * across, cover.flower_y * down)
    _flower(picture, at, 2.3 * FINER, cover.petals, bloom)
    ridge(cover.near_ridge, near)
    _mark(picture, (MARGIN * FINER, (FOOT - 20 * MARK_SCALE) * FINER), MARK_SCALE * FINER)
    return picture.reduce(FINER)


def _flower(picture, at, scale, petals, colour):
    """Petals of 9 x 15 units around a heart of 8, as in the cover's SVG."""
    _petals(picture, at, petals, colour, reach=15 * scale, size=(9 * scale, 15 * scale))
    _circle(picture, at, 8 * scale, HEART)


def _mark(picture, corner, scale):
    """The portal's mark, as in partials/_mark.html."""
    draw = ImageDraw.Draw(picture)
    left, top = corner

    def place(points):
        return [(left + x * scale, top + y * scale) for x, y in points]

    (heart,) = place([(20, 15)])
    size = (4 * scale, 6.5 * scale)
    _petals(picture, heart, range(0, 360, 72), "#f4a9cb", reach=7 * scale, size=size)
    _circle(picture, heart, 3 * scale, HEART)
    draw.polygon(place([(2, 34), (12, 22), (18, 28), (27, 19), (38, 34)]), fill="#2f7d6b")
    crest = [
        (2, 34),
        *_bezier((2, 34), (9, 29), (14, 27), (20, 32)),
        *_bezier((20, 32), (26, 27), (32, 29), (38, 34)),
    ]
    draw.polygon(place([*crest, (38, 38), (2, 38)]), fill="#7fd6bd")


def _petals(picture, at, angles, colour, *, reach, size):
    """Ellipses of half-axes `size`, `reach` above `at`, each turned about it by its angle."""
    side = 2 * round(reach + size[1]) + 2
    centre = side / 2
    upright = Image.new("L", (side, side))
    ImageDraw.Draw(upright).ellipse(
        (
            centre - size[0],
            centre - reach - size[1],
            centre + size[0],
            centre - reach + size[1],
        ),
        fill=255,
    )
    corner = (round(at[0] - centre), round(at[1] - centre))
    for angle in angles:
        # Pillow turns against the clock, SVG with it.
        picture.paste(colour, corner, upright.rotate(-angle, Image.Resampling.BICUBIC))


def _circle(picture, at, radius, colour):
    x, y = at
    box = (x - radius, y - radius, x + radius, y + radius)
    ImageDraw.Draw(picture).ellipse(box, fill=colour)


def _wrap(text, font) -> list[str]:
    """`text` in lines that fit between the margins; a word that does not fit is cut."""
    room = WIDTH - 2 * MARGIN
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if font.getlength(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def _shortened(line, font) -> str:
    """`line` with an ellipsis, as much of it as fits between the margins."""
    while font.getlength(f"{line}…") > WIDTH - 2 * MARGIN:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _write(draw, text, *, top, height, sizes, colour) -> float:
    """Write `text` in the largest of `sizes` that fits into `height`; return where it ends.

    What is too long even for the smallest size ends in an ellipsis.
    """
    for size in sizes:
        font = _font(size)
        lines = _wrap(text, font)
        most = int(height // (size * LEADING))
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], font)]
    for line in lines:
        draw.text((MARGIN, top), line, colour, font)
        top += size * LEADING
    return top
