"""Sources as numbered notes: a source gets its number where the page first cites it."""

import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

CITATION = re.compile(r"\s?\[@(?P<slug>[-\w]+)\]")
TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "h3", "h4", "br", "hr"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["image"])


class Notes:
    """The sources of one page, numbered in the order in which they are first cited.

    Built from every source that the page may cite; a text's `[@key]` that names none of them
    is dropped. Iterating gives the cited ones, in order.
    """

    def __init__(self, sources):
        self._known = {source.slug: source for source in sources}
        self._numbers: dict[str, int] = {}

    @classmethod
    def of_innovation(cls, innovation):
        """The notes of an innovation's page; expects `InnovationQuerySet.for_page`."""
        return cls(
            item.source
            for related in (innovation.citations, innovation.outcomes, innovation.awards)
            for item in related.all()
        )

    def __iter__(self):
        return (self._known[slug] for slug in self._numbers)

    def __len__(self):
        return len(self._numbers)

    def number(self, source) -> int:
        """The number of `source` on this page, counting from 1."""
        self._known.setdefault(source.slug, source)
        return self._numbers.setdefault(source.slug, len(self._numbers) + 1)

    def marker(self, source) -> SafeString:
        """A superscript link from a fact to its source at the foot of the page."""
        number = self.number(source)
        return format_html(
            # The word joiner keeps a number on the line of what it stands behind.
            '\u2060<sup class="note"><a href="#source-{}" aria-label="{}">{}</a></sup>',
            number,
            _("Source %(number)s") % {"number": number},
            number,
        )

    def add_markers(self, html: str) -> str:
        """Put a marker in place of each `[@key]` in `html`."""

        def marker(match):
            source = self._known.get(match["slug"])
            return self.marker(source) if source else ""

        return CITATION.sub(marker, html)


def plain_text(text: str) -> str:
    """The words of a Markdown text, a paragraph a line, without markup and citations."""
    lines = []
    for token in _markdown.parse(CITATION.sub("", text.replace("\r\n", "\n"))):
        if token.type == "inline":
            breaks = {"softbreak": " ", "hardbreak": " "}
            words = (breaks.get(part.type, part.content) for part in token.children)
            lines.append("".join(words))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.strip())
    return "\n".join(lines)


def render_markdown(text: str, notes: Notes | None = None) -> SafeString:
    """Return Markdown as sanitised HTML; `[@key]` becomes a numbered note of `notes`.

    Headings begin below the page's own (a `#` becomes `h3`); raw HTML is shown as text,
    pictures as links.
    """
    html = _markdown.render(text.replace("\r\n", "\n"))
    html = re.sub(r"(</?h)[1-3]>", r"\g<1>3>", html)
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener")
    notes = Notes([]) if notes is None else notes
    return mark_safe(notes.add_markers(clean))  # noqa: S308 (sanitised above)
