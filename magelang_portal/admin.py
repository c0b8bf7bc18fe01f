"""Staff accounts in the admin, with the ways back in for whoever is locked out."""

from axes.utils import reset as release_lockout
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from magelang_portal import second_factor
from magelang_portal.models import User

# What people read for the names by which migrations and code know the groups.
GROUP_TITLES = {
    "editor": _("editor"),
    "publisher": pgettext_lazy("group of staff", "publisher"),
    "visit officer": _("visit officer"),
    "host": _("host"),
}


def group_title(group) -> str:
    return str(GROUP_TITLES.get(group.name, group.name))


class GroupFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin):
        return [(group.pk, group_title(group)) for group in Group.objects.order_by("name")]


# Their pages show secrets: a device is set up by its owner and reset by the action below.
admin.site.unregister([StaticDevice, TOTPDevice, Group])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    list_display = ["title", "name"]

    @admin.display(description=_("group"), ordering="name")
    def title(self, group):
        return group_title(group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = [
        "username",
        "full_name",
        "group_titles",
        "is_active",
        "last_login",
        "has_second_factor",
    ]
    list_filter = ["is_active", "is_staff", "is_superuser", ("groups", GroupFilter)]
    autocomplete_fields = ["agency"]
    actions = ["reset_second_factor", "release_lockout"]
    # Rights come from groups; single ones would be forgotten when someone changes office.
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "agency"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def get_queryset(self, request):
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        users = super().get_queryset(request).annotate(has_device=Exists(devices))
        return users.prefetch_related("groups")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = group_title
        return field

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user):
        return user.get_full_name() or "–"

    @admin.display(description=_("groups"))
    def group_titles(self, user):
        return ", ".join(map(group_title, user.groups.all())) or "–"

    @admin.display(description=_("second factor"), boolean=True, ordering="has_device")
    def has_second_factor(self, user):
        return user.has_device

    @admin.action(description=_("Reset the second factor of those chosen"), permissions=["change"])
    def reset_second_factor(self, request, queryset):
        for user in queryset:
            second_factor.forget(user)
            self.log_change(request, user, _("Second factor reset."))
        self.message_user(
            request, _("Their next login sets up a new second factor."), messages.SUCCESS
        )

    @admin.action(description=_("Release those chosen from lock-out"), permissions=["change"])
    def release_lockout(self, request, queryset):
        for user in queryset:
            release_lockout(username=user.get_username())
            self.log_change(request, user, _("Released from lock-out."))
        self.message_user(request, _("They may try to log in at once."), messages.SUCCESS)
