"""Innovations and agencies in schema.org's words: what their pages show, and nothing more."""

from django.urls import reverse
from django.utils.translation import gettext as _

from innovations.models import Agency, Award, Innovation
from magelang_portal.structured_data import (
    CONTEXT,
    absolute,
    breadcrumbs,
    page_with_sources,
    without_empty,
)


def agency_name(agency: Agency) -> dict:
    """An agency, as far as it takes to know which one is meant."""
    return {
        "@type": "GovernmentOrganization",
        "@id": f"{absolute(agency.get_absolute_url())}#agency",
        "name": agency.text("name").value,
        "alternateName": agency.abbreviation,
        "url": absolute(agency.get_absolute_url()),
    }


def agency_data(agency: Agency) -> dict:
    """An agency; expects its sources prefetched."""
    path = agency.get_absolute_url()
    return without_empty(
        {
            **CONTEXT,
            **agency_name(agency),
            "sameAs": agency.website,
            "address": agency.address,
            "mainEntityOfPage": page_with_sources(path, agency.sources.all()),
        }
    )


def agency_breadcrumbs(agency: Agency) -> dict:
    return breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Agencies"), reverse("innovations:agency_list")),
        here=agency.abbreviation,
    )


def innovation_name(innovation: Innovation) -> dict:
    """An innovation, as far as it takes to know which one is meant.

    It is a service where it is digital or serves the public, or else a work.
    """
    is_service = (
        innovation.type == Innovation.Type.DIGITAL
        or innovation.form == Innovation.Form.PUBLIC_SERVICE
    )
    return {
        "@type": "GovernmentService" if is_service else "CreativeWork",
        "@id": f"{absolute(innovation.get_absolute_url())}#innovation",
        "name": innovation.name,
        "url": absolute(innovation.get_absolute_url()),
    }


def innovation_data(innovation: Innovation) -> dict:
    """An innovation; expects `InnovationQuerySet.for_page` and its pictures prefetched."""
    audience = innovation.text("beneficiaries").value
    pictures = [picture.largest_url for picture in innovation.pictures.all()]
    drawn = reverse("share_innovation", args=[innovation.slug])
    data = {
        **CONTEXT,
        **innovation_name(innovation),
        "alternateName": innovation.expanded_name,
        "description": innovation.text("summary").value,
        "image": [absolute(url) for url in pictures or [drawn]],
        "sameAs": innovation.service_url,
        "provider": agency_name(innovation.agency),
        "audience": audience and {"@type": "Audience", "audienceType": audience},
        "award": [_award(award) for award in innovation.awards.all() if not award.is_nomination],
        "mainEntityOfPage": page_with_sources(
            innovation.get_absolute_url(),
            _sources(innovation),
            changed_at=innovation.updated_at,
        ),
    }
    if data["@type"] == "GovernmentService":
        data["category"] = innovation.get_government_affair_display()
    else:
        data["dateCreated"] = innovation.started_on
    return without_empty(data)


def innovation_breadcrumbs(innovation: Innovation) -> dict:
    return breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Innovations"), reverse("innovations:list")),
        here=innovation.name,
    )


def _award(award: Award) -> str:
    name = award.text("name").value
    return name if award.year in name else f"{name} {award.year}"


def _sources(innovation: Innovation):
    for related in (innovation.citations, innovation.outcomes, innovation.awards):
        yield from (item.source for item in related.all())
