"""Content in two languages: Indonesian always, English where someone has written it."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import get_language


@dataclass(frozen=True)
class Text:
    """A text and the language (`id` or `en`) in which it stands."""

    value: str
    language: str

    @property
    def is_fallback(self) -> bool:
        """Whether the reader gets another language than the one of the page."""
        return bool(self.value) and self.language != page_language()


def page_language() -> str:
    """The language of the page being made: `id` or `en`."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


class BilingualModel(models.Model):
    """Something whose `bilingual_fields` each have a twin ending in `_en`.

    An empty English text falls back to the Indonesian one.
    """

    bilingual_fields: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def text(self, field: str) -> Text:
        """The text of `field` for the page's language.

        Raises ValueError where the field is not one of `bilingual_fields`.
        """
        if field not in self.bilingual_fields:
            raise ValueError(f"{type(self).__name__}.{field} has no English twin.")
        if page_language() == "en" and (english := getattr(self, f"{field}_en")):
            return Text(english, "en")
        return Text(getattr(self, field), "id")

    @property
    def is_partly_untranslated(self) -> bool:
        """Whether any text falls back on the page being made."""
        return any(self.text(field).is_fallback for field in self.bilingual_fields)
