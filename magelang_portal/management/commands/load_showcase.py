import tomllib
from functools import cached_property
from pathlib import Path

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField, ManyToOneRel

from innovations.models import Agency, Award, Innovation, Source
from magelang_portal.models import ShowcaseRecord
from visits.models import Visit

FOLDER = Path(__file__).resolve().parents[2] / "showcase"
MODELS = {
    "sources": Source,
    "agencies": Agency,
    "innovations": Innovation,
    "awards": Award,
    "visits": Visit,
}
KINDS = {model: kind for kind, model in MODELS.items()}


class DeletedByStaffError(Exception):
    """A file names a thing that was loaded once and that staff have since deleted."""


class Command(BaseCommand):
    help = (
        "Load the sourced showcase. Each file is loaded once in the life of a database: a second "
        "run changes nothing, and nothing that staff changed or deleted comes back."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--folder", type=Path, default=FOLDER, help="read the files from there instead"
        )

    @transaction.atomic
    def handle(self, *, folder, **options):
        self.folder = folder
        self.records = dict(ShowcaseRecord.objects.values_list("key", "object_id"))
        before = len(self.records)
        for key in self.files:
            try:
                self._load(key)
            except DeletedByStaffError as error:
                self.stdout.write(f"{key} left out: staff have deleted {error}.")
        self.stdout.write(f"Showcase: {len(self.records) - before} of {len(self.files)} loaded.")

    @cached_property
    def files(self) -> dict[str, Path]:
        """The path of each file by its key, `innovations/data-go`."""
        return {
            f"{kind}/{path.stem}": path
            for kind in MODELS
            for path in sorted((self.folder / kind).glob("*.toml"))
        }

    def _load(self, key) -> None:
        """Make what the file `key` describes, unless it was made before."""
        if key in self.records:
            return
        kind, _slash, slug = key.partition("/")
        model = MODELS[kind]
        item = model.objects.filter(slug=slug).first()
        if item is None:
            try:
                with transaction.atomic():
                    values = tomllib.loads(self.files[key].read_text("utf-8"))
                    item = self._make(model, slug, values)
            except (tomllib.TOMLDecodeError, ValidationError, LookupError, TypeError) as error:
                raise CommandError(f"{key}.toml: {_reasons(error)}") from error
        ShowcaseRecord.objects.create(key=key, object_id=item.pk)
        self.records[key] = item.pk

    def _make(self, model, slug, values):
        own, many, children = {"slug": slug}, {}, {}
        for name, value in values.items():
            field = _field(model, name)
            if isinstance(field, ManyToOneRel):
                children[field] = value
            elif isinstance(field, ManyToManyField):
                many[name] = [self._find(field.related_model, each) for each in value]
            else:
                own[name] = self._value(field, value)
        if model is Visit:
            own["status"] = Visit.Status.COMPLETED
        item = _save(model(**own))
        for name, related in many.items():
            getattr(item, name).set(related)
        for relation, rows in children.items():
            child = relation.related_model
            for row in rows:
                fields = {name: self._value(_field(child, name), row[name]) for name in row}
                _save(child(**{relation.field.name: item}, **fields))
        if hasattr(item, "publish"):
            item.publish(by=None)
        return item

    def _value(self, field, value):
        return self._find(field.related_model, value) if isinstance(field, ForeignKey) else value

    def _find(self, model, slug):
        """What the file `slug` of this kind became, by whatever name staff call it now."""
        key = f"{KINDS[model]}/{slug}"
        if key not in self.files:
            raise LookupError(f"there is no {key}.toml")
        self._load(key)
        try:
            return model.objects.get(pk=self.records[key])
        except model.DoesNotExist as error:
            raise DeletedByStaffError(key) from error


def _field(model, name):
    try:
        return model._meta.get_field(name)  # noqa: SLF001 (documented API)
    except FieldDoesNotExist as error:
        raise LookupError(f"{model.__name__} has no field {name!r}") from error


def _save(item):
    item.full_clean()
    item.save()
    return item


def _reasons(error) -> str:
    """What is wrong, field by field."""
    if hasattr(error, "message_dict"):
        return "; ".join(
            f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()
        )
    return " ".join(map(str, getattr(error, "messages", error.args)))
