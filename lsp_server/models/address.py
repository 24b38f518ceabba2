"""Where model servers are, and whether that is this machine."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from lsp_server.common.errors import TandemError
from lsp_server.models.errors import NotAllowed

DEFAULT_PORT = 11434
_NAME = re.compile(r"[\w.:%-]+")
_SCHEME_PORTS = {"http": 80, "https": 443}


def base_url(host: str) -> str:
    """Return the URL that `host` stands for, as Ollama's own tools read OLLAMA_HOST.

    An empty host is this machine. Without a scheme the port is 11434, with one it is the scheme's
    own. An address to listen on at every interface (0.0.0.0, ::) is reached on loopback. Raises
    TandemError where the text is no address.
    """
    scheme, parts = _split(host.strip())
    name = parts.hostname or "127.0.0.1"
    if name in {"0.0.0.0", "::"}:  # noqa: S104 - it is replaced, not bound
        name = "127.0.0.1"
    shown = f"[{name}]" if ":" in name else name
    default = _SCHEME_PORTS[scheme] if "://" in host else DEFAULT_PORT
    path = parts.path.strip("/")
    port = parts.port if parts.port is not None else default
    return f"{scheme}://{shown}:{port}{'/' if path else ''}{path}"


def _split(host: str) -> tuple[str, SplitResult]:
    scheme, _, rest = host.partition("://") if "://" in host else ("http", "", host)
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        name = parts.hostname or ""
        valid = (
            scheme in _SCHEME_PORTS
            and (parts.port is None or parts.port > 0)
            # urlsplit drops tabs and line ends silently and takes any sign for a part of a name.
            and not re.search(r"\s", rest)
            and (not name or _NAME.fullmatch(name) is not None)
        )
    except ValueError:
        valid = False
    if not valid:
        raise TandemError(
            f"“{host}” is no address of a model server.",
            "Set ollama.host or OLLAMA_HOST to something like 127.0.0.1:11434.",
        )
    return scheme, parts


def is_loopback(url: str) -> bool:
    """Whether `url` can only mean this machine."""
    name = urlsplit(url).hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def allowed_url(host: str, *, allow_remote: bool) -> str:
    """Return `base_url(host)`; raise NotAllowed if code would leave this machine unasked."""
    return _allowed(base_url(host), allow_remote=allow_remote)


def endpoint_url(text: str, *, allow_remote: bool) -> str:
    """Return the address of an OpenAI-compatible server, with /v1 where it names no path.

    Raises TandemError where the text is no address, and NotAllowed as `allowed_url` does.
    """
    text = text.strip().rstrip("/").removesuffix("/chat/completions").removesuffix("/completions")
    if "://" not in text:
        raise TandemError(
            f"“{text}” is no address of a model server.",
            "Set base_url to something like http://127.0.0.1:8000/v1.",
        )
    url = base_url(text)
    return _allowed(url if urlsplit(url).path else f"{url}/v1", allow_remote=allow_remote)


def _allowed(url: str, *, allow_remote: bool) -> str:
    if allow_remote or is_loopback(url):
        return url
    raise NotAllowed(
        f"The model server at {url} is not on this machine, so no code was sent to it.",
        "Turn on ollama.allow_remote in your own settings if it may see your code.",
    )
