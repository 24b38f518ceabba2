"""Play the fix loop on real faults in real packages, with models that answer by script.

scripts/bench fixes [--languages python go] [--faults 120] [--every] [--seed 1]

For each play: whether the outcome was the right one, how many rounds it took, the wall time of the
loop apart from checks and model, and whether the project's files are what they were.
"""

import argparse
import asyncio
import hashlib
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path
from unittest.mock import patch

from lsp_server.checks.check import Check
from lsp_server.checks.environment import Surroundings
from lsp_server.checks.processes import Limits
from lsp_server.checks.report import Report, compare
from lsp_server.checks.runner import run_checks
from lsp_server.checks.shadow import linked
from lsp_server.checks.subject import Subject
from lsp_server.common.blocks import Packed
from lsp_server.common.clock import SystemClock
from lsp_server.common.edits import apply_edits
from lsp_server.common.problems import Severity
from lsp_server.common.progress import SilentProgress
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.context.index import syntax
from lsp_server.edits.target import Target
from lsp_server.features.fixing import bench as bench_module
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.complaint import goal_lines
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Syntax, Workshop
from lsp_server.features.values import EditOutcome, Refusal, Verdict
from lsp_server.models.api import Event, Finish, Outcome, Prompt, Request, Role, Text
from lsp_server.models.prompts.fix import fix_goal
from scripts.measuring.faults import Fault, faults_in
from scripts.measuring.historic import KIND, SETTINGS, historic_faults
from scripts.measuring.players import PLAYERS, Player
from scripts.measuring.projects import LANGUAGES, Missing, Project, projects

# Of the seeded faults, by how long the tools of the language take.
SHARES = {"python": 40, "go": 28, "rust": 20, "typescript": 8, "java": 12}


@dataclass
class Model:
    """A model that gives its answers one after the other, the last one for ever."""

    answers: tuple[str, ...]
    role: Role = Role.EXECUTOR
    name: str = "scripted"
    asked: int = 0
    is_idle: bool = True

    async def warm(self, _prompt: Prompt) -> bool:
        """Read nothing beforehand."""
        return False

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Answer at once."""
        del request
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        yield Text(answer)
        yield Finish(Outcome.STOP)


@dataclass
class Nothing:
    """A workspace with one root, without context and with no model of its own."""

    root: Path
    documents: dict[str, Snapshot] = field(default_factory=dict)

    def ready(self, role: Role) -> None:
        """Have no model."""
        del role

    async def sought(self, role: Role) -> None:
        """Have no model."""
        del role

    def later(self, role: Role) -> None:
        """Have no model."""
        del role

    async def pack(self, place: Place, tokens: int) -> Packed:
        """Show nothing of the repository."""
        del place, tokens
        return Packed("", (), "", "", 0)

    async def evidence(self, question: str, place: Place | None, tokens: int) -> Packed:
        """Know nothing."""
        del question, place, tokens
        return Packed("", (), "", "", 0)

    async def overview(self, tokens: int) -> Packed:
        """Know nothing."""
        del tokens
        return Packed("", (), "", "", 0)

    def root_of(self, path: Path) -> Path | None:
        """Return the root."""
        return self.root if path.is_relative_to(self.root) else None

    def find(self, named: str) -> Path | None:
        """Return a file of the root."""
        return self.root / named if (self.root / named).is_file() else None

    def latest(self, uri: str) -> Snapshot | None:
        """Have no document open."""
        return self.documents.get(uri)


@dataclass
class Stopwatch:
    """The time during which at least one check ran."""

    running: int = 0
    since: float = 0.0
    total: float = 0.0

    def start(self) -> None:
        """A check begins."""
        self.since = self.since if self.running else time.perf_counter()
        self.running += 1

    def stop(self) -> None:
        """A check ends."""
        self.running -= 1
        self.total += 0.0 if self.running else time.perf_counter() - self.since


@dataclass(frozen=True)
class Play:
    """What came of one fault played with one model."""

    language: str
    kind: str
    player: str
    fault: str
    rounds: int
    overhead_ms: float
    wall_ms: float
    mistakes: tuple[str, ...] = field(default=())


def shop_of(project: Project, state: Path) -> Workshop:
    """Return a trusted workshop over a project."""
    nothing = Nothing(project.root)
    return Workshop(
        models=nothing,
        context=nothing,
        syntax=Syntax(syntax.faults, syntax.is_known, syntax.enclosing_definition),
        workspace=nothing,
        settings=lambda: SETTINGS,
        surroundings=lambda: Surroundings(dict(os.environ), state, trusted=True, limits=Limits(60)),
        repairs=lambda *_: (),
        clock=SystemClock(),
    )


async def seen(fault: Fault, shop: Workshop) -> Task | None:
    """Return the task of a fault if the checks see it.

    A seeded one must be an error in its definition, so that it is known to be this very fault.
    """
    right = Snapshot.of_text(fault.right, language=fault.broken.language, path=fault.path)
    before, after = [await Bench.of(s, shop).look(s.text) for s in (right, fault.broken)]
    lines = range(fault.first, fault.last)
    found = [
        problem
        for problem in compare(before, after).new
        if fault.kind == KIND
        or (problem.span.start.line in lines and problem.severity is Severity.ERROR)
    ]
    if not found:
        return None
    # The fault may lie in the very name, and then no answer can hold it.
    name = fault.name if fault.name in fault.piece(fault.broken.text) else ""
    target = Target(fault.broken, fault.first, fault.last, name)
    goal = fix_goal(goal_lines(found, fault.broken.text))
    return Task("Fix", goal, target, tuple(found))


async def play(fault: Fault, task: Task, name: str, project: Project, shop: Workshop) -> Play:
    """Play one fault with one model and say what is wrong with what came of it."""
    player = PLAYERS[name](fault)
    model, watch, before = Model(player.answers), Stopwatch(), fingerprint(project.root)

    async def timed(checks: Sequence[Check], subject: Subject) -> Report:
        watch.start()
        try:
            return await run_checks(checks, subject)
        finally:
            watch.stop()

    start = time.perf_counter()
    with patch.object(bench_module, "run_checks", timed):
        outcome = await solve(task, model, shop, SilentProgress())
    wall = time.perf_counter() - start
    mistakes = list(judged(outcome, player, fault, model.asked))
    if fingerprint(project.root) != before:
        mistakes.append("the project's files changed")
    return Play(
        project.language,
        fault.kind,
        name,
        f"{fault.path.relative_to(project.root)}:{fault.first + 1}",
        model.asked,
        (wall - watch.total) * 1000 / max(model.asked, 1),
        wall * 1000,
        tuple(mistakes),
    )


def judged(
    outcome: EditOutcome | Refusal, player: Player, fault: Fault, asked: int
) -> Iterator[str]:
    """Yield what is not as it must be."""
    if player.rounds is not None and asked != player.rounds:
        yield f"{asked} rounds instead of {player.rounds}"
    if isinstance(outcome, Refusal):
        if player.lands:
            yield f"refused: {outcome.sentence} {outcome.advice}"
        return
    if not player.lands:
        yield f"offered: {outcome.label}"
        return
    if apply_edits(fault.broken.lines, outcome.files[0].edits) != fault.right:
        yield "the text is not the right one"
    if outcome.proof.verdict is not Verdict.PROVEN:
        yield f"not proven: {outcome.proof.sentence}"


def fingerprint(root: Path) -> str:
    """Return a digest of the names, sizes, times and bytes of a project's files."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if "node_modules" in path.parts:
            continue
        stat = path.lstat()
        digest.update(f"{path} {stat.st_mode} {stat.st_size} {stat.st_mtime_ns}".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


async def plays_of(
    language: str, count: int, home: Path, options: argparse.Namespace
) -> list[Play]:
    """Play the historic faults of a language and `count` seeded ones; says what is missing."""
    try:
        told = list(historic_faults(home, language))
        made = list(projects(home, language))
    except Missing as error:
        print(f"{language}: left out, as {error}", flush=True)
        return []
    chance = random.Random(options.seed)  # noqa: S311 - the faults must be the same each time
    names = cycle(PLAYERS)
    done = list[Play]()
    historic = await _plays(told, len(told), names, home, options, done)
    seeded = await _plays(candidates(made, chance), count, names, home, options, done)
    print(f"{language}: {historic} of {len(told)} historic faults, {seeded} seeded", flush=True)
    return done


async def _plays(
    faults: Iterable[tuple[Project, Fault]],
    most: int,
    names: Iterator[str],
    home: Path,
    options: argparse.Namespace,
    done: list[Play],
) -> int:
    """Play up to `most` of the faults that the checks see, and return how many there were."""
    played = 0
    for project, fault in faults:
        if played == most:
            break
        shop = shop_of(project, home / "state")
        task = await seen(fault, shop)
        if task is None:
            if fault.kind == KIND:
                print(f"not seen by any check: {fault.path.name}:{fault.first + 1}", flush=True)
            continue
        played += 1
        chosen = PLAYERS if options.every else [next(names)]
        done += [await play(fault, task, name, project, shop) for name in chosen]
    return played


def candidates(made: list[Project], chance: random.Random) -> Iterator[tuple[Project, Fault]]:
    """Yield faults, taking turns between the packages and their files."""
    files = [(project, path) for project in made for path in project.files]
    chance.shuffle(files)
    streams = [stream_of(project, path, chance) for project, path in files]
    while streams:
        rest = []
        for stream in streams:
            found = next(stream, None)
            if found is not None:
                yield found
                rest.append(stream)
        streams = rest


def stream_of(
    project: Project, path: Path, chance: random.Random
) -> Iterator[tuple[Project, Fault]]:
    """Yield the faults of one file with their project."""
    for fault in faults_in(path, project.language, chance):
        yield project, fault


def shadow_ms(files: int = 10_000, times: int = 5) -> float:
    """Return the median milliseconds to make a shadow of a repository of so many files."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for number in range(files):
            path = root / f"package{number // 100}" / f"part{number % 10}" / f"file{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x = 1\n")
        taken = list[float]()
        for number in range(times):
            start = time.perf_counter()
            with linked(root, {Path(f"package{number}/part0/file{number * 100}.py"): "x = 2\n"}):
                taken.append((time.perf_counter() - start) * 1000)
        return statistics.median(taken)


def report(done: list[Play]) -> None:
    """Print what came of all plays, mistakes last."""
    if not done:
        print("Nothing was played.")
        return
    for title, key in (("model", "player"), ("language", "language"), ("fault", "kind")):
        print(f"\n{title:32} plays  right  rounds  overhead a round  wall (medians, ms)")
        for name in dict.fromkeys(getattr(one, key) for one in done):
            row(name, [one for one in done if getattr(one, key) == name])
    row("all", done)
    wrong = [one for one in done if one.mistakes]
    for one in wrong:
        print(
            f"WRONG {one.language} {one.fault} ({one.kind}) {one.player}: {'; '.join(one.mistakes)}"
        )
    changed = sum("files changed" in mistake for one in done for mistake in one.mistakes)
    print(f"\n{len(done)} plays, {len(done) - len(wrong)} right; trees changed: {changed}")


def row(name: str, found: list[Play]) -> None:
    """Print one line of a table."""
    right = sum(not one.mistakes for one in found)
    rounds = Counter(one.rounds for one in found)
    shown = "/".join(str(rounds[n]) for n in (1, 2, 3))
    overhead = statistics.median(one.overhead_ms for one in found)
    wall = statistics.median(one.wall_ms for one in found)
    print(f"{name:32} {len(found):5}  {right:5}  {shown:>6}  {overhead:16.1f}  {wall:8.0f}")


async def measure(options: argparse.Namespace, home: Path) -> list[Play]:
    """Play all languages that were asked for."""
    total = sum(SHARES[language] for language in options.languages)
    counts = {one: -(-SHARES[one] * options.faults // total) for one in options.languages}
    done = [await plays_of(one, counts[one], home, options) for one in options.languages]
    return list(chain.from_iterable(done))


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--faults", type=int, default=108, help="how many to seed")
    parser.add_argument("--every", action="store_true", help="play every model on every fault")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"shadow of 10,000 files: {shadow_ms():.1f} ms (median of 5)", flush=True)
    with tempfile.TemporaryDirectory(prefix="tandem-fixes-") as name:
        report(asyncio.run(measure(options, Path(name).resolve())))


if __name__ == "__main__":
    main()
