import socket
import urllib.request

import pytest
from pytest_socket import SocketConnectBlockedError

# An address of RFC 5737, kept for documentation: nobody answers even if the guard were gone.
NOWHERE = "192.0.2.1"
pytestmark = pytest.mark.filterwarnings("ignore:A test tried to use socket")


def test_no_test_reaches_the_network():
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection((NOWHERE, 80), timeout=0.1)


def test_no_test_fetches_a_page():
    with pytest.raises(SocketConnectBlockedError):
        urllib.request.urlopen(f"http://{NOWHERE}/", timeout=0.1)


def test_this_machine_itself_can_be_reached():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=1) as connection,
    ):
        assert connection.getpeername() == server.getsockname()
