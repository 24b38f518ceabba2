import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.models.names import How, library_name, resolve
from lsp_server.models.ollama.values import Installed

SIZES = {"bf16": 60, "q8_0": 32}


def model(name: str, quantization: str = "") -> Installed:
    return Installed(name, "0" * 64, SIZES.get(name.partition(":")[2], 19), "", quantization)


GLM = "glm-4.7-flash"
PLANNER, EXECUTOR = "gpt-oss-20b-quant-mxfp4", "glm-4.5-flash-fp16"


@pytest.mark.parametrize(
    ("wanted", "installed", "name", "how"),
    [
        (PLANNER, ["gpt-oss:20b", "gpt-oss:120b"], "gpt-oss:20b", How.FAMILY),
        (PLANNER, ["gpt-oss:latest"], "gpt-oss:latest", How.FAMILY),
        (PLANNER, ["gpt-oss:120b"], "gpt-oss:20b", How.MISSING),
        (PLANNER, [], "gpt-oss:20b", How.MISSING),
        ("gpt-oss", ["gpt-oss:20b"], "gpt-oss:20b", How.FAMILY),
        ("GPT-OSS:20B", ["gpt-oss:20b"], "gpt-oss:20b", How.EXACT),
        (EXECUTOR, [GLM + ":bf16", GLM + ":latest"], "glm-4.7-flash:bf16", How.FAMILY),
        (EXECUTOR, [GLM + ":q8_0", GLM + ":latest"], "glm-4.7-flash:latest", How.FAMILY),
        (EXECUTOR, ["glm-4.7-flash:q8_0"], "glm-4.7-flash:q8_0", How.FAMILY),
        (EXECUTOR, ["gpt-oss:20b"], "glm-4.7-flash:q4_K_M", How.MISSING),
        (EXECUTOR, [EXECUTOR + ":latest"], EXECUTOR + ":latest", How.EXACT),
        ("glm-4.7-flash", ["glm-4.7-flash:latest"], "glm-4.7-flash:latest", How.EXACT),
        ("glm-4.7-flash", ["glm-4.7-flash:q8_0"], "glm-4.7-flash:q8_0", How.FAMILY),
        ("glm-flash-q8_0", [], "glm-4.7-flash:q8_0", How.MISSING),
        ("glm-4.7-flash", ["hf.co/unsloth/GLM-4.7-Flash-GGUF:Q4_K_M"],
         "hf.co/unsloth/GLM-4.7-Flash-GGUF:Q4_K_M", How.FAMILY),
        ("qwen2.5-coder-7b", ["qwen2.5-coder:1.5b", "qwen2.5-coder:7b"],
         "qwen2.5-coder:7b", How.FAMILY),
        ("qwen2.5-coder", ["qwen2.5-coder:1.5b"], "qwen2.5-coder:1.5b", How.FAMILY),
        ("qwen2.5-coder:7b", [], "qwen2.5-coder:7b", How.MISSING),
        ("glm-4.7", ["glm-4.7-flash:latest"], "glm-4.7", How.MISSING),
    ],
)  # fmt: skip
def test_a_friendly_name_stands_for(wanted: str, installed: list[str], name: str, how: How) -> None:
    found = resolve(wanted, map(model, installed))
    assert (found.name, found.how) == (name, how)
    assert (found.installed is None) == (how is How.MISSING)


def test_a_precision_that_is_not_there_is_said() -> None:
    found = resolve(EXECUTOR, [model("glm-4.7-flash:latest", "Q4_K_M")])
    assert found.why == "it is the installed glm-4.7-flash, in Q4_K_M; fp16 is not installed"


def test_a_precision_shows_in_the_details_too() -> None:
    models = [model("gpt-oss:latest", "MXFP4"), model("gpt-oss:big", "F16")]
    assert resolve(PLANNER, models).name == "gpt-oss:latest"


NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}(:[a-z0-9._]{1,8})?", fullmatch=True)


@given(NAMES, st.lists(NAMES, max_size=5))
def test_what_is_installed_under_its_own_name_always_wins(wanted: str, others: list[str]) -> None:
    full = wanted if ":" in wanted else f"{wanted}:latest"
    found = resolve(wanted, map(model, [*others, full]))
    assert (found.name.lower(), found.how) in {(full, How.EXACT), (wanted, How.EXACT)}


@given(NAMES, st.lists(NAMES, max_size=5))
def test_the_order_of_the_installed_models_does_not_matter(wanted: str, names: list[str]) -> None:
    models = [model(name) for name in dict.fromkeys(names)]
    assert resolve(wanted, models).name == resolve(wanted, reversed(models)).name


@given(NAMES)
def test_what_a_pull_would_fetch_resolves_to_itself_once_it_is_there(wanted: str) -> None:
    name = library_name(wanted)
    full = name if ":" in name else f"{name}:latest"
    assert resolve(wanted, [model(full)]).name == full
