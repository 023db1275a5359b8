"""The servers of those who embed forms, by their real host names over TLS: what their iframes tell the page that holds them.

The messages are staged from public descriptions of each vendor's embed (reference: docs of HubSpot, Typeform, Tally, Calendly).
"""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOSTS = ("forms.hsforms.com", "form.typeform.com", "tally.so", "calendly.com", "forged.example", "evilhsforms.com")

_VALUES = {"email": "jeanne@exemple.fr", "firstname": "Jeanne"}
_HUBSPOT = [
    {"type": "hsFormCallback", "eventName": "onFormReady", "id": "ab", "data": {}},
    {
        "type": "hsFormCallback",
        "eventName": "onFormSubmit",
        "id": "ab",
        "data": [{"name": name, "value": value} for name, value in _VALUES.items()],
    },
    {"type": "hsFormCallback", "eventName": "onFormSubmitted", "id": "ab", "data": {"submissionValues": _VALUES}},
]
_TALLY_FIELDS = [
    {"id": "f1", "title": "E-mail", "type": "INPUT_EMAIL", "answer": {"value": _VALUES["email"], "raw": _VALUES["email"]}},
    {"id": "f2", "title": "Prénom", "type": "INPUT_TEXT", "answer": {"value": _VALUES["firstname"], "raw": _VALUES["firstname"]}},
]
_MESSAGES: dict[str, list[object]] = {
    "hubspot-embed": list(_HUBSPOT),
    "embed-forged": list(_HUBSPOT),
    "embed-lookalike": list(_HUBSPOT),
    "typeform": [{"type": "form-ready", "formId": "tf"}, {"type": "form-submit", "formId": "tf", "responseId": "r1"}],
    "tally": [
        json.dumps(
            {
                "event": "Tally.FormSubmitted",
                "payload": {"id": "s1", "respondentId": "r1", "formId": "tl", "formName": "Contact", "fields": _TALLY_FIELDS},
            }
        )
    ],
    "calendly": [
        {"event": "calendly.event_type_viewed"},
        {
            "event": "calendly.event_scheduled",
            "payload": {"event": {"uri": "https://api.calendly.com/e/1"}, "invitee": {"uri": "https://api.calendly.com/i/1"}},
        },
    ],
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        told = json.dumps(_MESSAGES.get(asked.get("tell", ""), [])).replace(_VALUES["email"], asked.get("email", ""))
        body = f"<!doctype html><button id=go onclick='for (const told of {told}) parent.postMessage(told, `*`)'>Envoyer</button>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def serve(folder: Path) -> ThreadingHTTPServer:
    """A TLS server with a certificate that nobody vouches for: the engines are told to take it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    making = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab", "-addext", f"subjectAltName={names}"]
    subprocess.run(["openssl", *making, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
