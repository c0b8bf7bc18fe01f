"""How someone reaches the people of a visit: by its private link, or as staff."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from visits.models import Visit
from visits.views.private import private_page, visit_at


@dataclass(frozen=True)
class Door:
    """A visit and who stands before it: staff (`by`), or the delegation with its link.

    `key` is the private link's token, or the reference; names of URLs begin with `prefix`.
    """

    visit: Visit
    key: str
    by: object | None = None
    prefix: str = ""

    def url(self, name: str, *args) -> str:
        return reverse(f"visits:{self.prefix}{name}", args=[self.key, *args])

    @property
    def home(self) -> str:
        """The page of the visit as a whole."""
        if self.by:
            return reverse("admin:visits_visit_change", args=[self.visit.pk])
        return reverse("visits:request", args=[self.key])

    # For templates, which pass no arguments.

    @property
    def participants(self) -> str:
        return self.url("participants")

    @property
    def add(self) -> str:
        return self.url("participant_add")

    @property
    def upload(self) -> str:
        return self.url("participant_upload")

    @property
    def remove_all(self) -> str:
        return self.url("participant_remove_all")

    @property
    def passes(self) -> str:
        return self.url("passes")

    @property
    def template_xlsx(self) -> str:
        return self.url("participant_template", "xlsx")

    @property
    def template_csv(self) -> str:
        return self.url("participant_template", "csv")

    @property
    def change_name(self) -> str:
        return f"visits:{self.prefix}participant_change"

    @property
    def remove_name(self) -> str:
        return f"visits:{self.prefix}participant_remove"


View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """`view(request, door, …)` at the delegation's private link: `token` in place of the door."""

    @private_page
    @wraps(view)
    def linked(request, token, **kwargs):
        return view(request, Door(visit_at(token), token), **kwargs)

    return linked


def by_staff(permission: str) -> Callable[[View], View]:
    """`view(request, door, …)` for staff with `permission`, at the `reference` of the visit."""

    def decorate(view):
        @private_page
        @permission_required(f"visits.{permission}", raise_exception=True)
        @wraps(view)
        def staffed(request, reference, **kwargs):
            visit = get_object_or_404(Visit, reference=reference)
            return view(request, Door(visit, reference, request.user, "staff_"), **kwargs)

        return admin.site.admin_view(staffed)

    return decorate
