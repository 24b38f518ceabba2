"""Chat phrases, Markdown fences, path comments and stray template markers."""

import re

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+#.-]*[ \t]*$", re.MULTILINE)
_OPENING_FENCE = re.compile(r"\A\s*(?:```|~~~)[\w+#.-]*[ \t]*\n")
_MARKER = re.compile(
    r"<\|[\w▁/ -]{2,40}\|>|<\uff5c[^\uff5c\n]{2,40}\uff5c>"
    r"|</?(?:fim_\w+|PRE|SUF|MID|EOT|COMPLETION|CURSOR"
    r"|endCompletion|think)>|\[/?(?:PREFIX|SUFFIX|MIDDLE)\]"
)
_BEGINNING = re.compile(
    r"\A\s*(?:<think>.*?</think>|</think>|<COMPLETION>|<(?:fim_middle|MID)>|\[MIDDLE\]"
    r"|<\|(?:fim_middle|code_middle)\|>)(?:[ \t]*\n)*",
    re.DOTALL,
)
"""What may stand before the code: a thought, and the signs after which a model was to write."""

_EMPTY_REMARKS = re.compile(r"(?:\n[ \t]*(?:#|//|--)[ \t]*)+\s*\Z")
_QUOTED = re.compile(r"\A\s*`([^`\n]+)`\s*\Z")
_LINE_MARKER = re.compile(
    r"^\s*(?:(?:#|//)\s*(?:Path|File|filepath):\s|(?:#|//)\s*End of file\b|diff --git |"
    r"<STOP EDITING HERE|Human:|Assistant:|User:|<<<<<<< |=======\s*$|>>>>>>> )",
    re.IGNORECASE | re.MULTILINE,
)
_PHRASE = re.compile(
    r"\A\s*(?:sure|certainly|of course|okay|ok|here(?:'s| is| are)|the (?:completed|complete|"
    r"missing|following|updated) code|to complete|this (?:code|function|completes)|i(?:'ll| will|"
    r" can|'m)|let me|you can|as an ai|note:|explanation:|below is|based on)\b[^\n]*",
    re.IGNORECASE,
)
_PROSE = re.compile(r"\A\s*[A-Z][\w']*(?: [\w'`,-]+){3,}[.:!]\s*\Z")


def without_chatter(text: str) -> str:
    """Return the code in `text`: what a fence holds, and nothing that speaks to the reader."""
    while (beginning := _BEGINNING.match(text)) is not None:
        text = text[beginning.end() :]
    text = _from_fence(text)
    phrase = _PHRASE.match(text)
    if phrase is not None and _reads_as_prose(phrase.group()):
        text = _from_fence(text[phrase.end() :].lstrip("\n"))
    for end in (_MARKER.search(text), _LINE_MARKER.search(text), _FENCE.search(text)):
        text = text[: end.start()] if end is not None and end.start() < len(text) else text
    return _EMPTY_REMARKS.sub("", text)


def unquoted(text: str) -> str:
    """Return what stands between back-ticks where `text` is one line between them."""
    quoted = _QUOTED.match(text)
    return quoted[1] if quoted is not None else text


def _from_fence(text: str) -> str:
    opening = _OPENING_FENCE.match(text)
    if opening is None:
        return text
    inside = text[opening.end() :]
    closing = _FENCE.search(inside)
    return inside[: closing.start()] if closing is not None else inside


def _reads_as_prose(line: str) -> bool:
    # `ok = True` and `sure(x)` are code; "Sure, here is the code:" is not.
    code = any(sign in line for sign in "=(){};[]<>")
    return not code and (line.rstrip().endswith((":", ".", "!")) or _PROSE.match(line) is not None)


def is_prose(text: str) -> bool:
    """Whether the first line of `text` is a sentence rather than code."""
    return _PROSE.match(text.lstrip("\n").split("\n", 1)[0]) is not None
