from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


class AbstractPictureInline(admin.StackedInline):
    """Pictures of whatever they show, each with its preview and its texts in both languages."""

    extra = 0
    readonly_fields = ["preview"]
    fields = [
        ("preview", "image"),
        ("alt", "alt_en"),
        ("caption", "caption_en", "credit"),
        ("focal_x", "focal_y", "position"),
    ]

    @admin.display(description=_("preview"))
    def preview(self, picture):
        if not picture.image:
            return "–"
        url, width = picture.renditions("webp")[0]
        return format_html('<img src="{}" width="{}" alt="">', url, min(width, 160))
