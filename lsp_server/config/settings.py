"""All settings of Tandem: one frozen tree, each field with its doc and its default."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LEAST_CONTEXT_TOKENS = 200
"""Fewer tokens hold nothing beside the headings of a prompt."""
MOST_CONTEXT_TOKENS = 1048576


def setting(
    default: Any, doc: str, *, machine: bool = False, bounds: tuple[float, float] | None = None
) -> Any:
    """Declare a setting; `bounds` are the smallest and the largest number that it takes.

    `machine` settings are never read from a project's file.
    """
    return field(default=default, metadata={"doc": doc, "machine": machine, "bounds": bounds})


def secret(doc: str) -> Any:
    """Declare a text of the user's own that no representation of the settings shows."""
    return field(default="", repr=False, metadata={"doc": doc, "machine": True, "bounds": None})


class Switch(StrEnum):
    """A feature that can decide by the editor whether it is on."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Residency(StrEnum):
    """Which models are kept in memory, and who answers questions."""

    AUTO = "auto"
    BOTH = "both-resident"
    SWAP = "swap"
    EXECUTOR = "executor-only"
    PLANNER = "planner-only"


class KvType(StrEnum):
    """How Ollama stores what a model has read (OLLAMA_KV_CACHE_TYPE)."""

    F16 = "f16"
    Q8_0 = "q8_0"
    Q4_0 = "q4_0"


class Fill(StrEnum):
    """How an endpoint is asked to fill a hole in code."""

    AUTO = "auto"
    TOKENS = "tokens"
    SUFFIX = "suffix"
    CHAT = "chat"


class Order(StrEnum):
    """Where an entry stands in a list."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Who answers."""

    planner_model: str = setting(
        "gpt-oss:20b", "The model that answers questions and writes plans; friendly names resolve."
    )
    executor_model: str = setting(
        "glm-4.7-flash", "The model that completes, fixes and rewrites; friendly names resolve."
    )
    context_window: int = setting(
        32768,
        "Most tokens of context that the models are loaded with; fewer where memory is short.",
        bounds=(2048, 1048576),
    )
    residency: Residency = setting(
        Residency.AUTO,
        "Which models stay in memory; auto keeps both where they fit, else swaps while you pause.",
    )


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """Where a role's model runs, if not in Ollama, and what it is given and costs."""

    context_tokens: int = setting(
        16384,
        "Most tokens of the repository in a prompt; one number, so that all features of the role "
        "share what the model has read.",
        bounds=(LEAST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS),
    )
    base_url: str = setting(
        "",
        "Address of an OpenAI-compatible server for this role, like http://127.0.0.1:8000/v1; "
        "empty means Ollama.",
        machine=True,
    )
    api_key: str = secret(
        "Key for that server; $NAME means the environment variable NAME. It is never logged."
    )
    fill: Fill = setting(
        Fill.AUTO,
        "How that server fills a hole: by the model's own tokens or suffix at /completions, or by "
        "chat; auto finds out.",
        machine=True,
    )
    price_input: float = setting(
        0.0, "Price of a million new prompt tokens.", machine=True, bounds=(0, 1000000)
    )
    price_cached: float = setting(
        0.0, "Price of a million cached prompt tokens.", machine=True, bounds=(0, 1000000)
    )
    price_output: float = setting(
        0.0, "Price of a million answer tokens.", machine=True, bounds=(0, 1000000)
    )


@dataclass(frozen=True, slots=True)
class PlannerSettings(RoleSettings):
    """The planner: where its model runs, if not in Ollama, and what it is given and costs."""

    context_tokens: int = setting(
        24576,
        "Most tokens of evidence for one question.",
        bounds=(LEAST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS),
    )


@dataclass(frozen=True, slots=True)
class ExecutorSettings(RoleSettings):
    """The executor: where its model runs, if not in Ollama, and what it is given and costs."""


@dataclass(frozen=True, slots=True)
class OllamaSettings:
    """Where the models run."""

    enabled: bool = setting(default=True, doc="Whether Ollama is asked at all.", machine=True)
    host: str = setting(
        "", "Address of Ollama; empty means OLLAMA_HOST, else 127.0.0.1:11434.", machine=True
    )
    keep_alive: str = setting("-1", "How long Ollama keeps a model in memory; -1 means for ever.")
    allow_remote: bool = setting(
        default=False,
        doc="Whether an address outside this machine and cloud models may see code.",
        machine=True,
    )
    gpu_memory_gb: float = setting(
        0.0,
        "Gigabytes of GPU memory that models may take; 0 means what is found.",
        machine=True,
        bounds=(0, 4096),
    )
    kv_cache_type: KvType = setting(
        KvType.F16, "The server's OLLAMA_KV_CACHE_TYPE, to know what fits.", machine=True
    )
    num_parallel: int = setting(
        1, "The server's OLLAMA_NUM_PARALLEL, to know what fits.", machine=True, bounds=(1, 64)
    )


@dataclass(frozen=True, slots=True)
class CompletionSettings:
    """Text offered while typing."""

    enabled: bool = setting(default=True, doc="Whether text is offered while typing.")
    list_item: Switch = setting(
        Switch.AUTO,
        "Whether the text is offered as a completion item; auto: without inline support.",
    )
    list_order: Order = setting(
        Order.LAST, "Where the completion item stands among those of other servers."
    )
    first_line_ms: int = setting(
        400, "Milliseconds within which the first line should appear.", bounds=(50, 10000)
    )
    max_tokens: int = setting(192, "Most tokens of one suggestion.", bounds=(8, 4096))
    look_ahead: bool = setting(
        default=True, doc="Whether an idle model is asked what follows the offered text."
    )
    warm_up: bool = setting(
        default=True,
        doc="Whether idle models read beforehand what the next suggestion, and the next question, "
        "will begin with.",
    )
    builtin_confidence: float = setting(
        0.4, "Confidence from which the built-in engine speaks.", bounds=(0, 1)
    )


@dataclass(frozen=True, slots=True)
class UserCheck:
    """A check of the user's own: a program that prints one finding a line.

    `command` is the program and its arguments, without a shell; {file}, {path}, {folder} and
    {root} in them stand for the file. `pattern` is a regular expression with the groups path, line
    and message, and, if there are any, column, severity and rule.
    """

    name: str
    command: tuple[str, ...]
    languages: tuple[str, ...]
    pattern: str = (
        r"(?P<path>[^:]+):(?P<line>\d+):(?:(?P<column>\d+):)?\s*"
        r"(?:(?P<severity>error|warning|note):\s*)?(?P<message>.*)"
    )


@dataclass(frozen=True, slots=True)
class UserAction:
    """A rewrite of the user's own: its title, what the model is asked, and where it is offered.

    Without `languages` it is offered everywhere. With `check` the change is proven only if the
    check of that name ran too.
    """

    name: str
    prompt: str
    languages: tuple[str, ...] = ()
    check: str = ""


@dataclass(frozen=True, slots=True)
class FixSettings:
    """Fixes and rewrites."""

    max_rounds: int = setting(3, "Most rounds of write, check, reflect.", bounds=(1, 3))
    max_tokens: int = setting(4096, "Most tokens of one rewritten piece.", bounds=(64, 65536))
    check_seconds: int = setting(20, "Seconds after which one check is ended.", bounds=(1, 600))
    tests: bool = setting(
        default=True,
        doc="Whether the tests that reach a change are run on it; in trusted workspaces only.",
    )
    checks: tuple[UserCheck, ...] = setting(
        (), "Checks of your own beside those that are built in.", machine=True
    )
    actions: tuple[UserAction, ...] = setting((), "Rewrites of your own among the code actions.")


@dataclass(frozen=True, slots=True)
class AskSettings:
    """Questions about the code."""

    max_tokens: int = setting(
        4096, "Most tokens of one answer, reasoning included.", bounds=(64, 65536)
    )
    planner_follows: bool = setting(
        default=False,
        doc="Whether the planner answers, too, at the next pause in typing, where the executor "
        "answered in its place because a swap would have kept you waiting.",
    )


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What is read of the repository."""

    max_file_kb: int = setting(
        512, "Files larger than this many kilobytes are not indexed.", bounds=(1, 65536)
    )
    max_files: int = setting(
        20000, "Most files that are indexed in one workspace.", bounds=(1, 1000000)
    )


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """What is kept on disk."""

    directory: str = setting("", "Folder of the cache; empty means the user's.", machine=True)
    size_mb: int = setting(
        512,
        "Most megabytes that the cache takes; what cargo, mypy and others keep may take as many.",
        machine=True,
        bounds=(1, 65536),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    agent: AgentSettings = field(default_factory=AgentSettings)
    ollama: OllamaSettings = field(default_factory=OllamaSettings)
    planner: PlannerSettings = field(default_factory=PlannerSettings)
    executor: ExecutorSettings = field(default_factory=ExecutorSettings)
    completion: CompletionSettings = field(default_factory=CompletionSettings)
    fix: FixSettings = field(default_factory=FixSettings)
    ask: AskSettings = field(default_factory=AskSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
