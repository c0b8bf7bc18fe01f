"""What the frame of every page needs."""

import html
import json

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, override

from magelang_portal.public_pages import own_place

register = template.Library()

# As Django's json_script: no data can end the element in which it stands.
JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
LOCALES = {"id": "id_ID", "en": "en_GB"}


@register.simple_tag(takes_context=True)
def other_languages(context) -> list[dict]:
    """This page in each other language: code, name in that language, and address.

    A page that has no twin, such as an error, leads to the home page.
    """
    request = context.get("request")
    current = context["LANGUAGE_CODE"]
    return [
        get_language_info(code) | {"url": _twin(request, code)}
        for code, _name in settings.LANGUAGES
        if code != current
    ]


def _twin(request, code: str) -> str:
    try:
        resolve(request.path)
        if (url := translate_url(request.get_full_path(), code)) != request.get_full_path():
            return url
    except (AttributeError, NoReverseMatch, Resolver404):
        pass
    with override(code):
        return reverse("home")


@register.simple_tag(takes_context=True)
def current_if(context, *view_names: str) -> str:
    """`page` where the page shown is one of `view_names`, for `aria-current`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return "page" if match and match.view_name in view_names else "false"


@register.simple_tag(takes_context=True)
def own(context, template: str, **kwargs) -> SafeString:
    """The part of a page that `template` makes for this reader alone; see `public_pages`."""
    request = context.get("request")
    return mark_safe(own_place(request, template, kwargs))  # noqa: S308 (a rendered template)


@register.simple_block_tag
def one_line(content) -> str:
    """What stands between the tags as plain text in one line, to be shown more than once."""
    return " ".join(html.unescape(content).split())


@register.simple_tag(takes_context=True)
def canonical_path(context) -> str:
    """The one address of what the page shows: its page number is part of it, filters are not."""
    request, page = context["request"], context.get("page_obj")
    given = {name for name, value in request.GET.items() if value}
    if page and page.number > 1 and given == {"page"}:
        return f"{request.path}?page={page.number}"
    return request.path


@register.simple_tag
def in_every_language(path: str) -> list[dict]:
    """The page at `path` in every language, the default one first: code, locale, absolute URL."""
    return [
        {
            "code": code,
            "locale": LOCALES[code],
            "url": f"{settings.SITE_URL}{translate_url(path, code)}",
        }
        for code, _name in settings.LANGUAGES
    ]


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    """`data`, in schema.org's words, for search engines; browsers do not run it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 (escaped above)
