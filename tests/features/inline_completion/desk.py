"""Inline completion with a scripted model and a clock moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lsp_server.common.blocks import Packed
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import CompletionSettings
from lsp_server.context.index import syntax
from lsp_server.features.inline_completion import Helpers, InlineCompletion
from lsp_server.models.api import Role
from tests.clock import ManualClock
from tests.fixture import parse_fixture
from tests.models.scripted import Answers, ScriptedModel, ScriptedModels


@dataclass(frozen=True)
class Said:
    """A continuation of the built-in engine."""

    text: str


@dataclass
class Quiet:
    """A built-in engine that always says the same, or nothing."""

    text: str = ""
    asked: int = 0

    def complete(self, place: Place, least: float) -> Said | None:
        self.asked += 1
        return Said(self.text) if self.text else None


class WholeFile:
    """A context engine that gives the file itself, and keeps where it was asked for it."""

    def __init__(self) -> None:
        self.revision = 0
        self.packed: list[Place] = []
        self.repacked: list[Place] = []

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        self.packed.append(place)
        return Packed("", (), place.below, place.above, 0)

    async def repack(self, place: Place, budget_tokens: int) -> None:
        self.repacked.append(place)


@dataclass
class Drawer:
    """A cache in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.kept[key] = value


@dataclass
class Desk:
    """Everything that one test of inline completion holds in hand."""

    feature: InlineCompletion
    model: ScriptedModel
    clock: ManualClock
    builtin: Quiet
    drawer: Drawer
    settings: list[CompletionSettings]
    context: WholeFile

    def change(self, **values: object) -> None:
        self.settings[0] = replace(self.settings[0], **values)  # type: ignore[arg-type]


def desk(
    answers: Answers = (), *, builtin: str = "", model: bool = True, warm_up: bool = False
) -> Desk:
    executor = ScriptedModel(Role.EXECUTOR, answers)
    clock, quiet, drawer = ManualClock(), Quiet(builtin), Drawer()
    context = WholeFile()
    settings = [CompletionSettings(look_ahead=False, warm_up=warm_up)]
    helpers = Helpers(
        ScriptedModels(executor=executor if model else None),
        context,
        quiet,
        syntax,
        lambda: settings[0],
        lambda: 8192,
        drawer,
        clock,
    )
    return Desk(InlineCompletion(helpers), executor, clock, quiet, drawer, settings, context)


def at(text: str) -> Place:
    """Return the place of `$0` in a file of the mini-language."""
    return parse_fixture(text).place()


def typed(place: Place, text: str) -> Place:
    """Return the place after `text` was typed at `place`."""
    whole = place.above + text + place.below
    snapshot = Snapshot.of_text(whole, language=place.snapshot.language, path=place.snapshot.path)
    return _place_at(snapshot, place.offset + len(text))


def deleted(place: Place, count: int) -> Place:
    """Return the place after `count` characters before it were deleted."""
    whole = place.above[:-count] + place.below
    snapshot = Snapshot.of_text(whole, language=place.snapshot.language, path=place.snapshot.path)
    return _place_at(snapshot, place.offset - count)


def _place_at(snapshot: Snapshot, offset: int) -> Place:
    from lsp_server.common.text import position_at

    return Place(snapshot, position_at(snapshot.lines, offset))


Build = Callable[..., Desk]
