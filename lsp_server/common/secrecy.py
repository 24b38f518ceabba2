"""Which files must never reach a model, whatever the user does with them."""

import re
from pathlib import Path

_SECRET = re.compile(
    r"(?:\A\.env(?:\..*)?\Z|\.env\Z|\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)\Z"
    r"|\Aid_(?:rsa|dsa|ecdsa|ed25519)|\A\.netrc\Z|\A\.npmrc\Z|\A\.pypirc\Z|\A\.htpasswd\Z"
    r"|\Acredentials(?:\.\w+)?\Z|\Asecrets?\.(?:json|ya?ml|toml|env)\Z"
    r"|\Aservice[-_]account.*\.json\Z)",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a file of this name must never reach a model, ignored or not."""
    return _SECRET.search(name) is not None


def is_secret_file(path: Path | None) -> bool:
    """Whether `path`, or what it links to, has a secret file's name; untitled text has none."""
    return path is not None and (is_secret(path.name) or is_secret(path.resolve().name))
