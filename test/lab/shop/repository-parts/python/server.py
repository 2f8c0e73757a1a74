"""What every Python service of the shop has in common: routes and GET /health."""

import json
import logging
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from urllib.parse import parse_qs, urlsplit

import faults
from settings import NAME, PORT, TITLE, VERSION
from version import deployed_commit

log = logging.getLogger(NAME)


class Server(ThreadingTCPServer):
    # http.server's own class asks the resolver for the host's full name before it listens.
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        log.warning("no answer given: %s", sys.exc_info()[1])


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in the shape that structlog gives."""

    def format(self, record):
        fields = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def serve(routes):
    """Starts the service and never returns. A route maps (method, path) to a function of query and body."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    identity = {"service": NAME, "version": deployed_commit() or VERSION}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            self.answer()

        do_HEAD = do_POST = do_GET

        def answer(self):
            started = time.monotonic()
            faults.delay()
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            status, value = self.result(url, body)
            text = json.dumps(value).encode() + b"\n"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)
            if url.path != "/health":
                ms = (time.monotonic() - started) * 1000
                log.info('"%s %s" %d %.0f ms', self.command, self.path, status, ms)

        def result(self, url, body):
            if url.path == "/health":
                status = faults.current().get("health") or 200
                return status, {"status": "ok" if status == 200 else "error", **identity}
            if url.path == "/":
                return 200, {**identity, "title": TITLE}
            method = "GET" if self.command == "HEAD" else self.command
            route = routes.get((method, url.path))
            if not route:
                return 404, {"error": f"no route for {self.command} {url.path}"}
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            try:
                return 200, route(query, json.loads(body or b"{}"))
            except ValueError as error:
                return 400, {"error": str(error)}

        def log_message(self, *_):
            pass  # The lines of the base class; answer() writes its own.

    def listen():
        port = int(os.environ.get("PORT") or PORT)
        try:
            server = Server(("127.0.0.1", port), Handler)
        except OSError as error:
            log.critical("cannot listen on 127.0.0.1:%d: %s", port, error.strerror)
            sys.stderr.flush()
            os._exit(1)
        env = os.environ.get("NODE_ENV")
        log.info("%s listening on http://127.0.0.1:%d env=%s version=%s", TITLE, port, env, identity["version"])
        server.serve_forever()

    faults.run(NAME, lambda: threading.Thread(target=listen, daemon=True).start())
