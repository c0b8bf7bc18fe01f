"""What templates need in order to show content: the right language, notes, partial dates."""

from django import template
from django.utils.html import format_html, format_html_join

from innovations.charts import bars_of
from innovations.covers import draw_cover
from innovations.fields import format_partial_date
from innovations.notes import Notes, render_markdown

register = template.Library()

register.filter("partial_date", format_partial_date)


@register.simple_tag
def text(item, field: str):
    """`field` of a bilingual `item`, marked with `lang` where it falls back."""
    shown = item.text(field)
    if shown.is_fallback:
        return format_html('<span lang="{}">{}</span>', shown.language, shown.value)
    return shown.value


@register.filter
def plain_text(item, field: str) -> str:
    """`field` of a bilingual `item` for places that take no markup, such as `<title>`."""
    return item.text(field).value


@register.simple_tag
def prose(item, field: str, notes: Notes | None = None):
    """`field` of a bilingual `item`, which is Markdown, as HTML; empty where there is no text."""
    shown = item.text(field)
    if not shown.value:
        return ""
    return format_html(
        '<div class="prose"{}>{}</div>',
        format_html(' lang="{}"', shown.language) if shown.is_fallback else "",
        render_markdown(shown.value, notes),
    )


@register.simple_tag
def note(notes: Notes, source):
    """The number of `source` on this page, linked to the list of sources at its foot."""
    return notes.marker(source)


@register.simple_tag
def cite(notes: Notes, innovation, fact: str):
    """The numbers of the sources that stand for one `Citation.Fact` of an innovation."""
    return format_html_join(
        "",
        "{}",
        (
            (notes.marker(citation.source),)
            for citation in innovation.citations.all()
            if citation.fact == fact
        ),
    )


@register.simple_tag
def bars(outcome):
    """The bars of an outcome, or None where there is nothing to compare."""
    return bars_of(outcome)


@register.inclusion_tag("partials/_cover.html")
def cover(innovation):
    """The innovation's first picture, or the cover art drawn from its name."""
    picture = innovation.cover
    return {"picture": picture, "art": None if picture else draw_cover(innovation.name)}


@register.inclusion_tag("partials/_picture.html")
def picture(image, sizes="100vw"):
    """A `Picture` as responsive AVIF and WebP; `sizes` as in HTML."""
    return {
        "picture": image,
        "sizes": sizes,
        "avif": image.srcset("avif"),
        "webp": image.srcset("webp"),
        "src": image.largest_url,
    }
