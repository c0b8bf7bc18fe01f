"""Keeps the index in step with whatever is saved or deleted.

Receivers, although the portal has no signals elsewhere for its flow of control: the index is
derived data, texts change in many ways (the admin and its inlines, transitions, the showcase),
and a cascade never calls `delete()`. They act within the transaction of the change. What passes
by them, `update()` and `bulk_create()`, must call `refresh` itself; nothing that is public does.
"""

import sys
from collections import Counter

from django.db import connection
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from innovations.models import Agency, Award, Innovation, Outcome, Question
from magelang_portal.search.backend import backend
from magelang_portal.search.entries import Kind, SearchEntry
from magelang_portal.search.index import count_words, known_words, rebuild, refresh
from visits.models import Stop, Visit


@receiver(post_save, sender=Innovation)
def innovation_saved(instance, raw, **kwargs):
    if not raw:
        refresh(Kind.INNOVATION, [instance.pk])


@receiver(post_save, sender=Agency)
def agency_saved(instance, raw, **kwargs):
    if not raw:
        refresh(Kind.AGENCY, [instance.pk])


@receiver(post_save, sender=Question)
def question_saved(instance, raw, **kwargs):
    if not raw:
        refresh(Kind.QUESTION, [instance.pk])


@receiver(post_save, sender=Visit)
def visit_saved(instance, created, raw, update_fields, **kwargs):
    # A request goes through many hands before it is public: until then, nothing is looked up.
    was_public = not created and (update_fields is None or "published_at" in update_fields)
    if not raw and (instance.published_at or was_public):
        refresh(Kind.VISIT, [instance.pk])


def is_cascade(sender, origin) -> bool:
    """Whether something goes because what it belongs to goes: that has its own entry to lose."""
    return origin is not None and getattr(origin, "model", type(origin)) is not sender


@receiver(post_save, sender=Stop)
@receiver(post_delete, sender=Stop)
def stop_changed(sender, instance, raw=False, origin=None, **kwargs):  # noqa: FBT002 (Django's)
    if raw or is_cascade(sender, origin):
        return
    if not Stop.visit.is_cached(instance) or instance.visit.published_at:
        refresh(Kind.VISIT, [instance.visit_id])


@receiver(post_save, sender=Outcome)
@receiver(post_delete, sender=Outcome)
def outcome_changed(sender, instance, raw=False, origin=None, **kwargs):  # noqa: FBT002
    if not raw and not is_cascade(sender, origin):
        refresh(Kind.INNOVATION, [instance.innovation_id])


@receiver(pre_save, sender=Award)
def award_about_to_be_saved(instance, **kwargs):
    """Remember whose award it was: that innovation loses its words."""
    owners = Award.objects.filter(pk=instance.pk).values_list("innovation", flat=True)
    instance.owner_in_index = owners.first() if instance.pk else None


@receiver(post_save, sender=Award)
def award_saved(instance, raw, **kwargs):
    if not raw:
        refresh(Kind.AWARD, [instance.pk])
        owners = {instance.innovation_id, instance.owner_in_index} - {None}
        refresh(Kind.INNOVATION, sorted(owners))


@receiver(post_delete, sender=Award)
def award_deleted(sender, instance, origin, **kwargs):
    if instance.innovation_id and not is_cascade(sender, origin):
        refresh(Kind.INNOVATION, [instance.innovation_id])


@receiver(m2m_changed, sender=Innovation.partner_agencies.through)
def partners_changed(instance, action, reverse, pk_set, **kwargs):
    if action == "pre_clear" and reverse:
        remember_partnered(instance)
    elif action in {"post_add", "post_remove", "post_clear"}:
        if not reverse:
            refresh(Kind.INNOVATION, [instance.pk])
        else:
            refresh(Kind.INNOVATION, sorted(pk_set or instance.partnered_in_index))


@receiver(pre_delete, sender=Agency)
def remember_partnered(instance, **kwargs):
    """The innovations that an agency takes part in, for when it no longer does."""
    instance.partnered_in_index = list(instance.partner_innovations.values_list("pk", flat=True))


@receiver(post_delete, sender=Agency)
def agency_deleted(instance, **kwargs):
    refresh(Kind.INNOVATION, instance.partnered_in_index)


@receiver(pre_delete, sender=SearchEntry)
def entry_about_to_go(**kwargs):
    # Before the first row is locked, as whoever writes the index does.
    backend().lock()


@receiver(post_delete, sender=SearchEntry)
def entry_gone(instance, **kwargs):
    count_words(Counter(dict.fromkeys(known_words(instance), -1)))


def make_searchable(verbosity=1, **kwargs):
    """After a migration: make the index of a database that has texts and no entry yet.

    So that an installation that upgrades can be searched once `migrate` is done.
    """
    tables = connection.introspection.table_names()
    if not {model._meta.db_table for model in (SearchEntry, Agency, Visit)} <= set(tables):  # noqa: SLF001
        return  # a migration to before the search
    if SearchEntry.objects.exists() or not Agency.objects.exists():
        return
    if verbosity:
        sys.stdout.write("Making the search index …\n")
    for _progress in rebuild():
        pass
