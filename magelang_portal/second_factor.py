"""The staff's second factor: an authenticator app (TOTP, RFC 6238) and ten recovery codes.

The first visit after the password enrols the app, each later one asks for its code. django-otp
keeps the devices, checks the codes and slows down whoever guesses.
"""

import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import View
from django_otp import login, verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10


def is_enrolled(user) -> bool:
    """Whether the user has confirmed an authenticator app."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_satisfied(user) -> bool:
    """Whether the user has shown the second factor, or needs none.

    Whoever has enrolled is always asked; `SECOND_FACTOR_REQUIRED` makes everyone enrol.
    """
    if user.is_verified():
        return True
    return not settings.SECOND_FACTOR_REQUIRED and not is_enrolled(user)


@transaction.atomic
def forget(user) -> None:
    """Remove the user's app and recovery codes; the next login enrols anew."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


@transaction.atomic
def make_recovery_codes(user) -> list[str]:
    """Replace the user's recovery codes by new ones of eight letters, each good for one login."""
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _code in range(RECOVERY_CODES)]
    device.token_set.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


class CodeForm(forms.Form):
    """The code of the app (six digits), or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
        error_messages={"required": _("Type the six digits that your app shows.")},
    )

    def __init__(self, *args, user, enrolling=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.enrolling = user, enrolling
        self.device = None

    def clean_code(self):
        code = self.cleaned_data["code"].replace(" ", "").lower()
        device = self.enrolling or self._device_for(code)
        if device and not device.verify_is_allowed()[0]:
            raise forms.ValidationError(
                _("Too many wrong codes. Wait a minute, then try once more."), code="throttled"
            )
        self.device = device and verify_token(self.user, device.persistent_id, code)
        if not self.device:
            raise forms.ValidationError(
                _(
                    "This code is not right, or no longer. Type the newest one that the app "
                    "shows; if it goes on, see that the telephone's clock is right."
                ),
                code="wrong",
            )
        return code

    def _device_for(self, code):
        # Digits are the app's: trying them as recovery code too would count as a wrong guess.
        model = TOTPDevice if code.isdigit() else StaticDevice
        return model.objects.filter(user=self.user, confirmed=True).first()


@method_decorator(never_cache, name="dispatch")
class SecondFactorView(RedirectURLMixin, View):
    """Enrol, ask for the code, or, once it was given, manage it: as the account stands."""

    def dispatch(self, request, *args, **kwargs):
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self._page(request, self._form(request))

    def post(self, request):
        user = request.user
        if user.is_verified():
            return self._manage(request)
        form = self._form(request, request.POST)
        if not form.is_valid():
            return self._page(request, form)
        newly_enrolled = not form.device.confirmed
        if newly_enrolled:
            form.device.confirmed = True
            form.device.save(update_fields=["confirmed"])
        login(request, form.device)
        if newly_enrolled:
            return self._show_codes(request)
        return HttpResponseRedirect(self.get_success_url())

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def _manage(self, request):
        match request.POST.get("action"):
            case "codes":
                return self._show_codes(request)
            case "forget":
                forget(request.user)
                return HttpResponseRedirect(reverse("admin:second_factor"))
        return HttpResponseRedirect(self.get_success_url())

    def _form(self, request, data=None):
        enrolling = None
        if not is_enrolled(request.user):
            begun = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
            enrolling = begun or TOTPDevice.objects.create(
                user=request.user, confirmed=False, name="app"
            )
        return CodeForm(data, user=request.user, enrolling=enrolling)

    def _page(self, request, form):
        if request.user.is_verified():
            codes = StaticToken.objects.filter(device__user=request.user).count()
            return self._render(request, "manage", _("Second factor"), {"codes_left": codes})
        if form.enrolling is None:
            return self._render(request, "verify", _("Second factor"), {"form": form})
        secret = form.enrolling.config_url.partition("secret=")[2].partition("&")[0]
        qr_code = segno.make(form.enrolling.config_url).svg_inline(
            scale=5, border=4, light="#fff", dark="#000"
        )
        context = {
            "form": form,
            "qr_code": mark_safe(qr_code),  # noqa: S308 (drawn by segno, nothing of it typed in)
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        }
        return self._render(request, "enrol", _("Set up the second factor"), context)

    def _show_codes(self, request):
        context = {"codes": make_recovery_codes(request.user), "next": self.get_success_url()}
        return self._render(request, "codes", _("Your recovery codes"), context)

    def _render(self, request, template, title, context):
        context = {
            **admin.site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "title": title,
            "next": self.get_redirect_url(),
            **context,
        }
        return TemplateResponse(request, f"second_factor/{template}.html", context)
