import base64
import hashlib
import re

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from magelang_portal.long_lists import LongListAdmin
from magelang_portal.transitions import Transition, TransitionAdmin
from visits.admin.read_only import ReadOnly
from visits.messages import GROUP_LINK, KINDS, PRIVATE_LINK
from visits.models import Attachment, Message

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class AttentionFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "attention"

    def lookups(self, request, model_admin):
        return [("yes", _("Refused, or stuck"))]

    def queryset(self, request, queryset):
        return queryset.failed() if self.value() == "yes" else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return KINDS.items()

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnly, LongListAdmin, TransitionAdmin):
    """The outbox: what was written to whom, and whether it went out."""

    # The subject begins with the reference of the visit.
    list_display = ["subject", "status", "age", "attempts", "to", "kind_label", "trouble"]
    list_filter = [AttentionFilter, "status", "created_at", "language", KindFilter]
    reference_path = "visit__reference"
    search_fields = ["subject", "to", "visit__reference", "visit__organisation"]
    search_help_text = _("Subject, address, reference or organisation.")
    date_hierarchy = "created_at"
    fieldsets = [
        (
            _("State"),
            {
                "fields": [
                    ("status", "attempts"),
                    ("created_at", "sent_at"),
                    "next_attempt",
                    "last_error",
                ]
            },
        ),
        (
            _("The message"),
            {
                "fields": ["to", "subject", "kind_label", "visit", "language", "plain", "files"],
                "description": _(
                    "In place of [[private-link]] and [[group-link]] the links are put in when "
                    "the message is sent; they stand nowhere in the database."
                ),
            },
        ),
    ]
    transitions = (
        Transition("send_now", _("Send now"), "send_message"),
        Transition("resend", _("Send again"), "send_message"),
        Transition("stop", _("Do not send"), "send_message"),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text", "html")

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, message):
        return KINDS.get(message.kind, message.kind)

    @admin.display(description=_("age"), ordering="-created_at")
    def age(self, message):
        return timesince(message.created_at, depth=1)

    @admin.display(description=_("last error"))
    def trouble(self, message):
        return Truncator(message.last_error).chars(60)

    @admin.display(description=_("next attempt at"))
    def next_attempt(self, message):
        if message.status != Message.Status.WAITING:
            return "–"
        return date_format(timezone.localtime(message.next_attempt_at), "DATETIME_FORMAT")

    @admin.display(description=_("text"))
    def plain(self, message):
        return format_html(
            '<pre class="message-text">{}</pre><p><a href="{}">{}</a></p>',
            message.text,
            reverse("admin:visits_message_html", args=[message.pk]),
            _("See it as the reader does"),
        )

    @admin.display(description=_("attachments"))
    def files(self, message):
        names = message.attachments.order_by("pk").values_list("pk", "name")
        lines = (
            (reverse("admin:visits_message_file", args=[message.pk, pk]), name)
            for pk, name in names
        )
        return format_html_join(" ", '<a href="{}">{}</a>', lines) or "–"

    def get_urls(self):
        gate = self.admin_site.admin_view
        return [
            path("<int:pk>/html/", gate(self.html_view), name="visits_message_html"),
            path(
                "<int:pk>/files/<int:file_pk>/", gate(self.file_view), name="visits_message_file"
            ),
            *super().get_urls(),
        ]

    def html_view(self, request, pk):
        """The HTML as a page of its own, in a sandbox that can run, load and send nothing."""
        self._ensure_view(request)
        html = get_object_or_404(Message, pk=pk).html
        for mark in (PRIVATE_LINK, GROUP_LINK):
            html = html.replace(f'href="{mark}"', "")
        response = HttpResponse(html)
        style = " ".join(f"'{_sha256(text)}'" for text in STYLE.findall(html)) or "'none'"
        response["Content-Security-Policy"] = (
            f"default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; sandbox"
        )
        return response

    def file_view(self, request, pk, file_pk):
        """An attachment, as a download."""
        self._ensure_view(request)
        file = get_object_or_404(Attachment, pk=file_pk, message=pk)
        return HttpResponse(
            bytes(file.content),
            content_type=file.content_type,
            headers={
                "Content-Disposition": content_disposition_header(
                    as_attachment=True, filename=file.name
                )
            },
        )

    def _ensure_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied


def _sha256(text):
    """What the Content-Security-Policy calls a style sheet that may stand in the page."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
