import os
import subprocess
import sys
from pathlib import Path

import lsp_server

HOME = Path(lsp_server.__file__).parents[1]


def test_a_workspace_does_not_lend_us_its_modules(tmp_path: Path) -> None:
    for name in ("argparse", "asyncio", "logging", "pathlib", "httpx"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the workspace ran')\n")
    ended = subprocess.run(
        [sys.executable, "-m", "lsp_server", "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stderr, lsp_server.__version__ in ended.stdout) == ("", True)
