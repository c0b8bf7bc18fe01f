"""What the frame of every page needs."""

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse, translate_url
from django.utils.translation import get_language_info, override

register = template.Library()


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
