"""The server's refusals, with its own words, and the checks of a request that lead to them."""

import json
from typing import Any

from tests.simulator.http import HttpReply, json_reply
from tests.simulator.values import SimModel

THINK_LEVELS = ("high", "medium", "low", "max")
_INTEGERS = ("num_ctx", "num_batch", "num_gpu", "num_thread", "num_predict", "num_keep", "seed")


class Refused(Exception):
    """A request that ends with an HTTP error."""

    def __init__(self, status: int, error: Any) -> None:
        super().__init__(error)
        self.status, self.error = status, error

    def reply(self) -> HttpReply:
        """Return the error as the server sends it."""
        return json_reply({"error": self.error}, self.status)


def overflow(prompt: int, window: int) -> Refused:
    """Return the engine's own refusal, which arrives as JSON inside the error's string."""
    inner = {
        "code": 400,
        "message": f"request ({prompt} tokens) exceeds the available context size"
        f" ({window} tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": prompt,
        "n_ctx": window,
    }
    return Refused(400, json.dumps({"error": inner}))


def parse_body(body: bytes) -> dict[str, Any]:
    """Return the request's JSON object, or refuse it."""
    if not body:
        raise Refused(400, "missing request body")
    try:
        value = json.loads(body)
    except ValueError as error:
        sign = body[:1].decode("latin-1")
        text = f"invalid character '{sign}' looking for beginning of value"
        raise Refused(400, text) from error
    if not isinstance(value, dict):
        raise Refused(400, "json: cannot unmarshal into Go value of type api.Request")
    return value


def check_options(options: dict[str, Any]) -> None:
    """Refuse an option of a wrong type; unknown names are only logged by the server."""
    for name in _INTEGERS:
        value = options.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(500, f'option "{name}" must be of type integer')


def check_think(model: SimModel, name: str, think: Any) -> None:
    """Refuse a wrong think value, and thinking on a model that cannot."""
    if isinstance(think, str) and think not in THINK_LEVELS:
        text = f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true,'
        raise Refused(400, f"{text} or false)")
    if think and "thinking" not in model.capabilities:
        raise Refused(400, f'"{name}" does not support thinking')


def check_format(form: Any) -> None:
    """Refuse what is neither nothing, "json" nor a schema whose references resolve."""
    if form in (None, "", "json"):
        return
    if not isinstance(form, dict):
        text = json.dumps(form)
        raise Refused(500, f'invalid format: {text}; expected "json" or a valid JSON Schema object')
    for reference in _references(form):
        if not _resolves(form, reference):
            message = f"failed to parse grammar: unresolved $ref {reference}"
            error = {"error": {"code": 400, "message": message, "type": "invalid_request_error"}}
            raise Refused(400, json.dumps(error))


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in _references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for item in value.values() for found in _references(item)]


def _resolves(root: dict[str, Any], reference: str) -> bool:
    if not reference.startswith("#"):
        return False
    at: Any = root
    for part in filter(None, reference.removeprefix("#").split("/")):
        if not isinstance(at, dict) or part not in at:
            return False
        at = at[part]
    return True


def unsupported(model: SimModel, what: str) -> Refused:
    """Return the refusal of a capability, with the registry's full name."""
    return Refused(400, f"registry.ollama.ai/library/{tagged(model.name)} does not support {what}")


def tagged(name: str) -> str:
    """Return `name` with its tag."""
    return name if ":" in name else f"{name}:latest"
