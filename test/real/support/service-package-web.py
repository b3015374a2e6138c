"""A tiny web service for tests. One word decides how it misbehaves; VERSION and BEHAVIOUR are filled in by the build."""
import json
import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = "@VERSION@"
BEHAVIOUR = "@BEHAVIOUR@"
PAGE = "/usr/lib/pw-web/page.html"
# Seconds until it misbehaves; the file belongs to the host, not to the package.
AFTER = "/var/lib/pw-web/after"
DEFAULT_AFTER = {"burn": 5, "sick": 60, "drift": 5}.get(BEHAVIOUR, 0)
STARTED = time.monotonic()


def after():
    try:
        with open(AFTER, encoding="ascii") as file:
            return float(file.read())
    except (OSError, ValueError):
        return DEFAULT_AFTER


DUE = after()


def due():
    return time.monotonic() - STARTED >= DUE


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        sick = BEHAVIOUR == "sick" and due()
        if self.path == "/healthz":
            code = 500 if sick else 200
            body = json.dumps({"version": VERSION, "host": socket.gethostname(), "ok": not sick})
        else:
            code = 200
            with open(PAGE, encoding="utf-8") as file:
                body = file.read()
        data = body.encode()
        self.send_response(code)
        self.send_header("X-Version", VERSION)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    # Requests that were taken are answered before the process ends.
    daemon_threads = False


def burn():
    """About two thirds of a core: three times anything this service uses, and no more than the machine can spare."""
    while True:
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            pass
        time.sleep(0.05)


def drift():
    """Changes a file of its own package, as an update that patches itself would."""
    with open(PAGE, "a", encoding="utf-8") as file:
        file.write("<!-- changed in place -->\n")


def later(act):
    def wait():
        time.sleep(max(0.0, DUE - (time.monotonic() - STARTED)))
        act()

    threading.Thread(target=wait, daemon=True).start()


def main():
    server = Server(("0.0.0.0", int(os.environ.get("PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    if BEHAVIOUR == "burn":
        later(burn)
    if BEHAVIOUR == "drift":
        later(drift)
    server.serve_forever(poll_interval=0.05)
    server.server_close()


main()
