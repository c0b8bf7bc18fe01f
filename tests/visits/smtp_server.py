"""A mail server on this machine, as small as SMTP allows, for what only a real one shows."""

import socketserver
import threading
from contextlib import contextmanager


class Session(socketserver.StreamRequestHandler):
    """One connection: takes everything but mail to whomever `unknown` names."""

    def handle(self):
        self.server.connections += 1
        self._say("220 ready")
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            if verb.upper() == "DATA":
                self._say("354 go on")
                self.server.received.append(self._content())
                self._say("250 taken")
            elif verb.upper() == "RCPT" and any(name in rest for name in self.server.unknown):
                self._say("550 5.1.1 no such user")
            else:
                self._say("250 fine")

    def _content(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)

    def _say(self, answer):
        self.wfile.write(answer.encode() + b"\r\n")


@contextmanager
def smtp_server(*, unknown=()):
    """A running server with its `received` e-mails (bytes) and number of `connections`."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.unknown, server.received, server.connections = unknown, [], 0
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
