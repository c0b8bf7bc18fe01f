"""What the tests of the staff's side share."""

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

# What a browser sends with every form: a test's POST of nothing at all would count as none.
NO_ANSWERS = {"csrfmiddlewaretoken": "x"}


def logged_in(user):
    """A browser in which `user` has given the password."""
    client = Client()
    client.force_login(user)
    return client


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def change_page(obj):
    options = obj._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[obj.pk])


def transition_page(name, *objects):
    options = objects[0]._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_transition", args=[name])
    return f"{url}?ids={','.join(str(obj.pk) for obj in objects)}"


def make_transition(client, name, *objects, **answers):
    """Make it as one who has just read what the objects say."""
    if hasattr(objects[0], "mark"):
        now = type(objects[0]).objects.filter(pk__in=[each.pk for each in objects])
        answers = {"seen": " ".join(each.mark for each in now)} | answers
    return client.post(transition_page(name, *objects), NO_ANSWERS | answers)


def message_levels(response):
    return [message.level_tag for message in get_messages(response.wsgi_request)]


def outcome(response):
    """Levels of the messages; `error` too where the page came back with what refused it."""
    refused = response.status_code == 200 and response.context["form"].non_field_errors()
    return ["error"] if refused else message_levels(response)


def texts(response):
    """What the answer says to the user; what earlier ones said waits for the next page."""
    return [str(message) for message in response.wsgi_request._messages._queued_messages]


def levels(response):
    """The levels of `texts`."""
    return [message.level_tag for message in response.wsgi_request._messages._queued_messages]


def form_errors(response):
    """What is wrong, field by field, on a page of the admin's own forms."""
    return {name: list(found) for name, found in response.context["adminform"].errors.items()}


def errors_of(response):
    """Codes of what is wrong, field by field, on a page of a transition."""
    return {
        field: [error.code for error in errors]
        for field, errors in response.context["form"].errors.as_data().items()
    }


def rows(response):
    """The objects that a changelist shows, in no order."""
    return set(response.context["cl"].result_list)


def filter_links(response):
    """The query of every choice that each filter of a changelist offers, filter by filter."""
    changelist = response.context["cl"]
    return [
        [choice["query_string"] for choice in spec.choices(changelist)]
        for spec in changelist.filter_specs
    ]


def actions(response):
    """What the list offers to do with the chosen rows; without any, it has no such form."""
    form = response.context["action_form"]
    return {name for name, _label in form.fields["action"].choices if name} if form else set()
