from dataclasses import replace

import pytest

from lsp_server.features.model_house import status_of
from lsp_server.models.api import Role
from lsp_server.models.directory import State
from lsp_server.models.ollama.values import Running
from lsp_server.models.openai.endpoint import EndpointState

BOTH = {Role.EXECUTOR: "glm", Role.PLANNER: "gpt"}
THERE = Running("glm", "1", 19, 19, 32768)
LOADED = State(playing=BOTH, running=(THERE,), contexts={"glm": 32768})
ELSEWHERE = {Role.EXECUTOR: EndpointState("http://127.0.0.1:1", model="glm")}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (LOADED, True),
        (replace(LOADED, running=(replace(THERE, context=None),)), True),
        (replace(LOADED, running=(replace(THERE, context=4096),)), False),
        (replace(LOADED, running=(replace(THERE, name="gpt"),)), False),
        (replace(LOADED, loading=("glm",)), False),
        (replace(LOADED, loading=("gpt",)), True),
        (State(running=(THERE,)), False),
        (State(playing=BOTH, endpoints=ELSEWHERE), True),
        (State(endpoints=ELSEWHERE), False),
    ],
    ids=[
        "loaded",
        "of a server that tells no context",
        "loaded by another program",
        "only the planner",
        "still being loaded",
        "while the planner is loaded",
        "no model plays",
        "at an endpoint",
        "at an endpoint that is silent",
    ],
)
def test_the_executor_is_in_memory(state: State, *, expected: bool) -> None:
    assert status_of(state).executor_in_memory is expected
