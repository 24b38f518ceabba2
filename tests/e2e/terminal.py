"""A terminal under the tests: keys in, the screen out."""

import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PATIENCE_SECONDS = 40.0
SECONDS_BETWEEN = 2.0


def now_and_then(act: Callable[[], None]) -> Callable[[], None]:
    """Return `act` as one that may be called often but acts every two seconds.

    For a key whose answer another press would cut off.
    """
    last = [float("-inf")]

    def acts() -> None:
        if time.monotonic() - last[0] > SECONDS_BETWEEN:
            last[0] = time.monotonic()
            act()

    return acts


class Terminal:
    """A terminal of its own, by tmux: keys in, the screen out."""

    def __init__(self, folder: Path, argv: list[str], variables: Mapping[str, str]) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux.sock"), "-f", "/dev/null"]
        self._variables = dict(variables)
        size = ["-x", "100", "-y", "30"]
        self._run("new-session", "-d", "-s", "editor", *size, "-c", str(folder), *argv)

    def _run(self, *arguments: str) -> str:
        argv = [*self._tmux, *arguments]
        done = subprocess.run(
            argv, env=self._variables, capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Press keys, each in tmux's notation."""
        self._run("send-keys", "-t", "editor", *keys)

    def text(self, text: str) -> None:
        """Type text as it stands."""
        self._run("send-keys", "-t", "editor", "-l", text)

    def screen(self) -> str:
        """Return what the terminal shows, without colours."""
        return self._run("capture-pane", "-p", "-t", "editor")

    def coloured(self) -> str:
        """Return what the terminal shows, with its colours as escape sequences."""
        return self._run("capture-pane", "-p", "-e", "-N", "-t", "editor")

    def close(self) -> None:
        """End the terminal and what runs in it."""
        self._run("kill-server")

    def wait_for(self, what: str, look: Callable[[str], bool]) -> str:
        """Return the first screen for which `look` holds; fail after some patience."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not look(screen := self.screen()):
            assert time.monotonic() < end, f"never saw: {what}\n{screen}"
            # The condition lies in another process, which has no event to wait for.
            time.sleep(0.05)
        return screen
