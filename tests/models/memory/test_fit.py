import pytest

from lsp_server.models.memory.fit import (
    GIB,
    Load,
    Room,
    beside,
    fitted,
    guessed_bytes,
    kv_bytes,
    load_bytes,
)
from lsp_server.models.memory.gpu import parse_smi
from lsp_server.models.memory.profile import RunnerProfile, profile_for
from tests.simulator import memory
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.hardware import Hardware
from tests.simulator.scripts import always
from tests.simulator.values import SimModel

GPT, GLM = gpt_oss(always("x")), glm_flash(always("x"))


def load_of(model: SimModel) -> Load:
    prefix = f"{model.family}."
    shape = {key.removeprefix(prefix): value for key, value in model.model_info.items()}
    return Load(model.size, shape, model.trained_context, {})


def gib(size: float) -> float:
    return round(size / GIB, 2)


@pytest.mark.parametrize(
    ("model", "kv_type", "context", "expected"),
    [
        (GLM, "f16", 32768, 1.65),
        (GLM, "f16", 131072, 6.61),
        (GLM, "q8_0", 131072, 3.51),
        (GLM, "q4_0", 131072, 1.86),
        (GPT, "f16", 32768, 0.80),
        (GPT, "f16", 131072, 3.05),
        (GPT, "q8_0", 131072, 1.62),
    ],
)
def test_caches_have_the_sizes_that_were_measured(
    model: SimModel, kv_type: str, context: int, expected: float
) -> None:
    size = kv_bytes(load_of(model), RunnerProfile(context, 2048), Room(kv_type=kv_type))
    assert gib(size) == pytest.approx(expected, abs=0.03)


def test_grouped_heads_count_keys_and_values() -> None:
    shape = {"block_count": 2, "attention.head_count": 8, "attention.head_count_kv": 2}
    load = Load(0, {**shape, "embedding_length": 512}, 4096, {})
    assert kv_bytes(load, RunnerProfile(1000, 512), Room()) == 2 * 2 * (64 + 64) * 1000 * 2


@pytest.mark.parametrize("model", [GPT, GLM])
@pytest.mark.parametrize("context", [8192, 131072])
def test_the_fit_and_the_simulated_server_agree(model: SimModel, context: int) -> None:
    profile = profile_for(context, 202752)
    ours = load_bytes(load_of(model), profile, Room())
    theirs = memory.true_size(model, profile.context, profile.batch, Hardware())
    assert ours == pytest.approx(theirs, rel=0.01)
    guess = memory.predicted_size(model, profile.context, profile.batch, Hardware())
    assert guessed_bytes(load_of(model), profile, Room()) == pytest.approx(guess, rel=0.01)


@pytest.mark.parametrize(
    ("model", "gpu", "context"),
    [(GPT, 24, 128000), (GPT, 16, 49152), (GLM, 48, 128000), (GLM, 24, 65536), (GLM, 16, 16384)],
)
def test_the_context_is_what_fits(model: SimModel, gpu: int, context: int) -> None:
    assert fitted(128000, load_of(model), Room(gpu * GIB)).context == context


def test_an_unknown_memory_changes_nothing() -> None:
    assert fitted(128000, load_of(GLM), Room()).context == 128000


def test_a_size_that_was_seen_counts_more_than_one_that_was_computed() -> None:
    top = profile_for(128000, GPT.trained_context)
    load = Load(GPT.size, load_of(GPT).shape, GPT.trained_context, {(128000, top.batch): 30 * GIB})
    assert fitted(128000, load, Room(24 * GIB)).context < 128000


def test_both_stay_where_both_fit_and_ollama_believes_it() -> None:
    executor = (load_of(GLM), profile_for(32768, 202752))
    both = beside(executor, load_of(GPT), 32768, Room(48 * GIB))
    assert both is not None
    assert both.context == 32768
    assert beside(executor, load_of(GPT), 32768, Room(24 * GIB)) is None


def test_memory_of_other_programs_is_not_ours() -> None:
    assert parse_smi("24576, 3072\n", 2 * GIB) == 23 * GIB
    assert parse_smi("24576, 1024\n24576, 1024\n", 0) == 46 * GIB
    assert parse_smi("no devices were found", 0) is None
