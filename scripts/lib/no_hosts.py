"""Fails if a lock file pins the place that packages come from: that is the user's own choice."""

import re
import subprocess
import sys
from pathlib import Path

_LOCKS = ("requirements/*.txt", "**/package-lock.json")
_PINS = re.compile(r"--(?:extra-)?index-url|--find-links|\"resolved\": \"https?:")


def main() -> int:
    """Return 1 and name the lines if there are any."""
    files = subprocess.run(
        ["git", "ls-files", "--", *_LOCKS], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    found = [
        f"{file}:{number}: {line.strip()[:100]}"
        for file in files
        for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1)
        if _PINS.search(line)
    ]
    for line in found:
        print(line)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
