"""What a server's refusals have in common, whatever it speaks."""

from dataclasses import dataclass

from lsp_server.models.errors import StreamBroken, Unreachable

IN_STREAM = 0
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is no success: its status (`IN_STREAM` within a stream), and its body."""

    status: int
    body: str
    model: str
    url: str


def unreachable(url: str, advice: str) -> Unreachable:
    """Return the error for an address at which nothing answers."""
    return Unreachable(f"No model server answers at {url}.", advice)


def broken(url: str, what: str, log: str) -> StreamBroken:
    """Return the error for a connection that ended or went silent too early.

    `log` is whose log tells more.
    """
    return StreamBroken(
        f"The answer of the model server at {url} broke off: {what}.",
        f"Try again; if it happens often, look into {log}.",
    )


def short(text: str) -> str:
    """Return the first line of `text`, cut to what fits a message, without its full stop."""
    line = text.strip().partition("\n")[0]
    return (line[:_MOST_SHOWN] + "…") if len(line) > _MOST_SHOWN else line.rstrip(".")


def because(text: str) -> str:
    """Return what a sentence ends with where the server said `text`: nothing if it is empty."""
    line = short(text)
    return f": {line}" if line else ""
