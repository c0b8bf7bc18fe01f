import os

import pytest

from tests.factories import PASSWORD, InnovationFactory, UserFactory

# Playwright keeps an event loop running in the thread in which the tests use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}

WATCH_POLICY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "id-ID", "timezone_id": "Asia/Jakarta"}


@pytest.fixture
def watched(page):
    """A page whose violations of the Content-Security-Policy fail the test at its end."""
    complaints = []

    def listen(message):
        if "Content Security Policy" in message.text or message.type == "error":
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(WATCH_POLICY)
    yield page
    assert complaints == []
    assert page.evaluate("window.violations") == []


@pytest.fixture
def no_script(browser, browser_context_args):
    """A phone with JavaScript switched off."""
    context = browser.new_context(
        **browser_context_args | {"java_script_enabled": False, "viewport": PHONE}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def superuser(transactional_db):
    return UserFactory(username="kepala", is_superuser=True)


@pytest.fixture
def innovation(transactional_db):
    return InnovationFactory(name="Data Go", slug="data-go", published=True)


def log_in(page, live_server, user):
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
