"""How the demonstration looks: colours on a terminal, the same words in a pipe."""

import difflib
import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

_WIDTH = 100
_INDENT = 2
_SHORT = 0.0995
_TAB = 4

# Renderers refuse links to files; the words of the link are what a terminal can show.
_FILE_LINK = re.compile(r"\[([^\]]+)\]\(file:[^)\s]*\)")


class Screen:
    """What is printed; everything goes to standard output in the order in which it happens."""

    def __init__(self) -> None:
        width = None if sys.stdout.isatty() else _WIDTH
        self.console = Console(highlight=False, width=width)

    def title(self, text: str) -> None:
        """Print what the whole is about."""
        self.console.print()
        self.console.print(Text(text, style="bold"))

    def part(self, number: int, text: str) -> None:
        """Begin one of the parts."""
        self.console.print()
        self.console.rule(Text(f" {number}  {text} ", style="bold cyan"), align="left", style="dim")
        self.console.print()

    def say(self, text: str, style: str = "") -> None:
        """Print a sentence."""
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, _INDENT), expand=False))

    def step(self, text: str, seconds: float | None = None) -> None:
        """Print something that happened, and how long it took."""
        line = Text("· ", style="cyan")
        line.append(text, style="default")
        if seconds is not None:
            line.append(f"  {shown_seconds(seconds)}", style="dim")
        self.console.print(Padding(line, (0, 0, 0, _INDENT), expand=False))

    def outcome(self, text: str, *, good: bool) -> None:
        """Print how a part ended."""
        line = Text("✓ " if good else "✗ ", style="bold green" if good else "yellow")
        line.append(text, style="bold" if good else "default")
        self.console.print()
        self.console.print(Padding(line, (0, 0, 0, _INDENT), expand=False))

    def code_line(self, number: int, pieces: Sequence[tuple[str, bool]]) -> None:
        """Print a line of code; each piece is text, and whether it was offered and accepted.

        Where there are no colours, what was accepted stands between « and ».
        """
        line = Text(f"{number:>5}  ", style="dim")
        for text, accepted in pieces:
            if accepted and not self.console.is_terminal:
                line.append(f"«{text}»")
            else:
                line.append(text, style="black on green" if accepted else "default")
        self.console.print(line, soft_wrap=True)

    def diff(self, before: str, after: str) -> None:
        """Print what an edit changes."""
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
        colours = {"+": "green", "-": "red", "@": "cyan"}
        for line in list(lines)[2:]:
            # Measured before tabs are expanded, a line would be cut at its end.
            shown = line[:1] + line[1:].expandtabs(_TAB)
            text = Text(shown, style=colours.get(line[:1], "dim"))
            self.console.print(Padding(text, (0, 0, 0, 2 * _INDENT), expand=False), soft_wrap=True)

    def code(self, text: str, language: str) -> None:
        """Print code in colours."""
        shown = Syntax(text, language, background_color="default")
        self.console.print(Padding(shown, (0, 0, 0, 2 * _INDENT), expand=False))

    def markdown(self, text: str, most_lines: int) -> None:
        """Print the beginning of a Markdown text, as an editor would render it."""
        width = self.console.width - 3 * _INDENT
        options = self.console.options.update_width(width)
        shown = Markdown(_FILE_LINK.sub(r"\1", text), code_theme="ansi_dark")
        lines = self.console.render_lines(shown, options, pad=False)
        for line in lines[:most_lines]:
            parts = [(part.text, part.style or "") for part in line]
            text_line = Text.assemble(" " * 2 * _INDENT, *parts)
            text_line.rstrip()
            self.console.print(text_line, soft_wrap=True)
        if len(lines) > most_lines:
            self.say(f"  … {len(lines) - most_lines} more lines", "dim")


def shown_seconds(seconds: float) -> str:
    """Return a time in the unit that a person would use."""
    return f"{seconds * 1000:.2g} ms" if seconds < _SHORT else _longer(seconds)


def _longer(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
