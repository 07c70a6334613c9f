"""A service request of the brand in ``world``, and what a stranger may ask of it."""

from typing import Any

SYMPTOM = {"name": "깨짐"}
LINE = {"kind": "part", "name": "손잡이", "unit_price": 1000}
ASKED = {"unit": "MUG-1", "symptom": "other", "description": "이가 빠졌어요", "method": "visit"}
HASH = "0" * 64


def ask(api: Any) -> str:
    """Open a request with a line, a quote and a note, and return its id."""
    api.put("/v1/symptoms/CRACK", SYMPTOM, expect=201)
    asked: str = api.post("/v1/service-requests", ASKED)["id"]
    path = f"/v1/service-requests/{asked}"
    api.put(f"{path}/lines", {"lines": [LINE]})
    api.post(f"{path}/quotes")
    api.post(f"{path}/notes", {"text": "창구에서 받음"})
    return asked


def requests(asked: str) -> dict[tuple[str, str], tuple[str, object, str]]:
    """(method, rule) → (path, body, what another brand must get)."""
    every = "/v1/service-requests"
    one, path = f"{every}/<string:service_request>", f"{every}/{asked}"
    quote = f"{one}/quotes/<int(max=1000000):version>"
    return {
        ("GET", "/v1/symptoms"): ("/v1/symptoms", None, "empty"),
        ("PUT", "/v1/symptoms/<string:symptom>"): ("/v1/symptoms/CRACK", SYMPTOM, "own"),
        ("GET", every): (every, None, "empty"),
        ("POST", every): (every, ASKED, "404"),
        ("GET", f"{every}/stats"): (f"{every}/stats", None, "own"),
        ("GET", one): (path, None, "404"),
        ("PATCH", one): (path, {"assignee": "도둑"}, "404"),
        ("POST", f"{one}/steps"): (f"{path}/steps", {"step": "triage"}, "404"),
        ("PUT", f"{one}/lines"): (f"{path}/lines", {"lines": []}, "404"),
        ("POST", f"{one}/notes"): (f"{path}/notes", {"text": "theft"}, "404"),
        ("GET", f"{one}/events"): (f"{path}/events", None, "404"),
        ("POST", f"{one}/quotes"): (f"{path}/quotes", {}, "404"),
        ("POST", f"{quote}/accept"): (f"{path}/quotes/1/accept", {"text_sha256": HASH}, "404"),
        ("POST", f"{quote}/decline"): (f"{path}/quotes/1/decline", {}, "404"),
        ("POST", f"{one}/photos"): (f"{path}/photos", None, "404"),
        ("GET", f"{one}/photos/<int(max=1000000):number>"): (f"{path}/photos/1", None, "404"),
    }
