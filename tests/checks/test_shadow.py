import asyncio
import errno
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path

import pytest

from lsp_server.checks import shadow
from lsp_server.checks.check import Check, Needs, Speed
from lsp_server.checks.errors import OutsideWorkspace, WorkspaceTooLarge
from lsp_server.checks.runner import run_checks
from lsp_server.checks.shadow import PREFIX, copied, linked, swept
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem
from tests.checks.support import fingerprint, subject

FILES = {"pkg/a.py": "a", "pkg/b.py": "b", "pkg/deep/c.py": "c", "other/d.py": "d", "top.toml": "t"}


@asynccontextmanager
async def shadow_of(kind: str, root: Path, changed: dict[Path, str]) -> AsyncIterator[Path]:
    if kind == "copied":
        async with copied(root, changed) as folder:
            yield folder
    else:
        with linked(root, changed) as folder:
            yield folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    home = tmp_path / "project"
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return home


@pytest.mark.parametrize("kind", ["linked", "copied"])
async def test_the_shadow_shows_the_changed_text_and_all_else_as_it_is(
    root: Path, kind: str
) -> None:
    before = fingerprint(root)
    async with shadow_of(
        kind, root, {Path("pkg/a.py"): "changed\r\n", Path("pkg/new/n.py"): "new"}
    ) as folder:
        assert (folder / "pkg/a.py").read_bytes() == b"changed\r\n"
        assert (folder / "pkg/new/n.py").read_text() == "new"
        for name in FILES.keys() - {"pkg/a.py"}:
            assert (folder / name).read_text() == FILES[name]
    assert not folder.exists()
    assert fingerprint(root) == before


@pytest.mark.parametrize("kind", ["linked", "copied"])
async def test_a_changed_file_is_newer_than_what_a_check_of_another_draft_builds(
    root: Path, kind: str
) -> None:
    before = (root / "pkg/b.py").stat().st_mtime
    async with shadow_of(kind, root, {Path("pkg/a.py"): "second draft"}) as folder:
        built = root / "built by the first draft's check meanwhile"
        built.write_text("")
        assert (folder / "pkg/a.py").stat().st_mtime > built.stat().st_mtime
        assert (folder / "pkg/b.py").stat().st_mtime == before


async def test_no_two_texts_of_one_file_have_the_same_time_in_seconds(root: Path) -> None:
    """For mypy, equal size and time mean that nothing changed since its cache was written."""
    times = set[int]()
    for text in ("pos", "pso", "sop"):
        with linked(root, {Path("pkg/a.py"): text}) as folder:
            times.add(int((folder / "pkg/a.py").stat().st_mtime))
    assert len(times) == 3


async def test_what_a_tool_writes_into_a_copy_stays_in_the_copy(root: Path) -> None:
    before = fingerprint(root)
    async with copied(root, {Path("pkg/a.py"): "x"}) as folder:
        (folder / "other/d.py").write_text("overwritten")
        (folder / "pkg/deep/made.txt").write_text("made")
    assert fingerprint(root) == before


@pytest.mark.parametrize("kind", ["linked", "copied"])
async def test_links_that_lead_out_of_the_root_are_left_out(
    root: Path, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (root / "pkg/leak.txt").symlink_to(tmp_path / "secret.txt")
    (root / "pkg/inner.py").symlink_to(root / "other/d.py")
    async with shadow_of(kind, root, {Path("pkg/a.py"): "x"}) as folder:
        assert not (folder / "pkg/leak.txt").exists()
        assert (folder / "pkg/inner.py").read_text() == "d"


@pytest.mark.parametrize("name", ["../outside.py", "link/a.py", "/etc/passwd"])
def test_a_path_that_leads_out_of_the_root_is_refused(
    root: Path, tmp_path: Path, name: str
) -> None:
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(OutsideWorkspace), linked(root, {Path(name): "x"}):
        pass
    assert not (tmp_path / "a.py").exists()


def test_an_error_inside_removes_the_shadow(root: Path) -> None:
    seen = list[Path]()

    def fail() -> None:
        with linked(root, {Path("pkg/a.py"): "x"}) as folder:
            seen.append(folder)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not seen[0].exists()


def test_shadows_of_a_dead_process_are_swept_and_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(shadow, "_is_running", lambda pid: pid != 4242)
    names = [f"{PREFIX}4242-old", f"{PREFIX}4242-young", f"{PREFIX}77-old", f"{PREFIX}x-old"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "link").symlink_to(Path(__file__))
        if name.endswith("old"):
            yesterday = time.time() - 86400
            os.utime(tmp_path / name, (yesterday, yesterday))
    assert asyncio.run(swept()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
    assert Path(__file__).exists()


async def test_a_workspace_that_is_too_large_is_not_copied_and_other_checks_go_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow, "MOST_BYTES", 3)

    async def look(_subject: Subject, folder: Path) -> list[Problem]:
        shadows.append(folder)
        return []

    shadows = list[Path]()
    kinds = {"links": Needs.SHADOW, "copies": Needs.COPY}
    checks = [Check(name, look, Speed.SLOW, needs) for name, needs in kinds.items()]
    report = await run_checks(checks, subject(root, "pkg/a.py", "changed"))
    assert list(report.found) == ["links"]
    assert "too much to copy" in report.failed["copies"]
    assert len(shadows) == 1


async def test_a_full_disk_is_told_as_such(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(_source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(shutil, "copy2", copy)
    with pytest.raises(WorkspaceTooLarge, match="room"):
        async with copied(root, {}):
            pass


async def test_what_cannot_be_read_is_left_out_of_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    for name in ("a.py", "secret.key", "gone.tmp", "database/rows"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    refused = {"secret.key": PermissionError, "gone.tmp": FileNotFoundError}
    copy2, scandir = shutil.copy2, os.scandir

    def copy(source: Path, target: Path) -> None:
        if source.name in refused:
            raise refused[source.name](source)
        copy2(source, target)

    def entries(folder: Path) -> "AbstractContextManager[Iterator[os.DirEntry[str]]]":
        if folder == root / "database":
            raise PermissionError(folder)
        return scandir(folder)

    monkeypatch.setattr(shutil, "copy2", copy)
    monkeypatch.setattr(os, "scandir", entries)
    async with copied(root, {Path("a.py"): "x"}) as folder:
        found = {str(path.relative_to(folder)) for path in folder.rglob("*")}
        assert {"a.py", "database"} == found
