"""Keys of the cache: what a value was made from, hashed."""

import hashlib


def content_key(kind: str, version: int, *parts: str | bytes) -> str:
    """Return a key for what `kind` makes of `parts`; raise `version` when the making changes.

    The same parts always give the same key, and parts are not confused with their concatenation.
    """
    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return f"{kind}/{version}/{digest.hexdigest()}"
