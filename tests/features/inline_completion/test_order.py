"""What answers first, and what is asked of whom."""

import asyncio

import pytest

from lsp_server.features.values import BUILT_IN
from lsp_server.models.api import Finish, Outcome, Request, Text, Urgency
from lsp_server.models.errors import Loading, Unreachable
from tests.features.inline_completion.desk import at, deleted, desk, typed
from tests.models.scripted import Answer


async def test_model_answers_on_a_fresh_line() -> None:
    work = desk("return a + b\n")
    found = await work.feature.suggest(at("def add(a, b):\n    $0\n"))
    assert found is not None
    assert (found.text, found.engine) == ("return a + b", "scripted")


async def test_typing_through_asks_nobody() -> None:
    work = desk("return a + b\n")
    place = at("def add(a, b):\n    $0\n")
    await work.feature.suggest(place)
    found = await work.feature.suggest(typed(place, "retu"))
    assert found is not None
    assert found.text == "rn a + b"
    assert len(work.model.requests) == 1


async def test_what_typing_agrees_with_is_known_without_waiting() -> None:
    work = desk("return a + b\n")
    place = at("def add(a, b):\n    $0\n")
    assert work.feature.known(place) is None
    await work.feature.suggest(place)
    for number, letter in enumerate("return a", 1):
        place = typed(place, letter)
        found = work.feature.known(place)
        assert found is not None
        assert (found.span, found.text) == (place.span, "return a + b"[number:])
    assert work.feature.known(typed(place, "x")) is None
    work.change(enabled=False)
    assert work.feature.known(place) is None


async def test_deleting_back_asks_nobody() -> None:
    work = desk("turn a + b\n")
    place = at("def add(a, b):\n    re$0\n")
    ask = asyncio.create_task(work.feature.suggest(place))
    await work.clock.advance(1)
    await ask
    found = await work.feature.suggest(deleted(place, 2))
    assert found is not None
    assert found.text == "return a + b"
    assert len(work.model.requests) == 1


async def test_other_text_is_asked_for_anew() -> None:
    work = desk(["return a + b\n", "ise ValueError\n"])
    place = at("def add(a, b):\n    $0\n")
    await work.feature.suggest(place)
    ask = asyncio.create_task(work.feature.suggest(typed(place, "ra")))
    await work.clock.advance(1)
    found = await ask
    assert found is not None
    assert found.text == "ise ValueError"


async def test_running_stream_that_agrees_is_kept() -> None:
    work = desk("return a + b\n")
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    $0\n")
    first = asyncio.create_task(work.feature.suggest(place))
    await work.clock.settle()
    second = asyncio.create_task(work.feature.suggest(typed(place, "re")))
    await work.clock.settle()
    assert await first is None
    work.model.gate.set()
    found = await second
    assert found is not None
    assert found.text == "turn a + b"
    assert len(work.model.requests) == 1
    assert work.model.cancelled == 0


async def test_cancelled_call_leaves_its_stream_to_the_next() -> None:
    work = desk("return a + b\n")
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    $0\n")
    first = asyncio.create_task(work.feature.suggest(place))
    await work.clock.settle()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.model.gate.set()
    await work.clock.settle()
    found = await work.feature.suggest(typed(place, "r"))
    assert found is not None
    assert found.text == "eturn a + b"
    assert len(work.model.requests) == 1


async def test_stream_that_disagrees_is_closed() -> None:
    work = desk(
        [[Text("return"), Text(" a"), Finish(Outcome.STOP)], "assert a\n"],
    )
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    $0\n")
    first = asyncio.create_task(work.feature.suggest(place))
    await work.clock.settle()
    work.model.gate.set()
    await asyncio.sleep(0)
    work.model.gate.clear()
    second = asyncio.create_task(work.feature.suggest(typed(place, "x")))
    work.model.gate.set()
    await work.clock.advance(1)
    await asyncio.gather(first, second)
    assert len(work.model.requests) == 2


async def test_built_in_engine_answers_without_a_model() -> None:
    work = desk(builtin="return a", model=False)
    found = await work.feature.suggest(at("def add(a, b):\n    $0\n"))
    assert found is not None
    assert (found.text, found.engine) == ("return a", BUILT_IN)


async def test_built_in_engine_answers_at_the_deadline() -> None:
    work = desk("return a + b\n", builtin="return a")
    work.model.gate = asyncio.Event()
    ask = asyncio.create_task(work.feature.suggest(at("def add(a, b):\n    c = a\n    $0\n")))
    await work.clock.advance(0.39)
    assert not ask.done()
    await work.clock.advance(0.02)
    found = await ask
    assert found is not None
    assert found.engine == BUILT_IN


async def test_model_takes_over_where_it_extends_the_built_in_answer() -> None:
    work = desk("return a + b\n", builtin="return a")
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    c = a\n    $0\n")
    ask = asyncio.create_task(work.feature.suggest(place))
    await work.clock.advance(0.5)
    await ask
    work.model.gate.set()
    await work.clock.settle()
    found = await work.feature.suggest(typed(place, "r"))
    assert found is not None
    assert found.text == "eturn a + b"


async def test_built_in_answer_stays_where_the_model_says_otherwise() -> None:
    work = desk("raise TypeError\n", builtin="return a")
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    c = a\n    $0\n")
    ask = asyncio.create_task(work.feature.suggest(place))
    await work.clock.advance(0.5)
    await ask
    work.model.gate.set()
    await work.clock.settle()
    found = await work.feature.suggest(typed(place, "r"))
    assert found is not None
    assert found.text == "eturn a"


async def test_first_line_of_a_slow_block_is_shown_in_time() -> None:
    work = desk([[Text("c = a\n"), Text("    return c\n"), Finish(Outcome.STOP)]])
    work.model.gate = asyncio.Event()
    ask = asyncio.create_task(work.feature.suggest(at("def add(a, b):\n    $0\n")))
    await work.clock.settle()
    work.model.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.model.gate.clear()
    await work.clock.advance(0.9)
    found = await asyncio.wait_for(ask, 5)
    assert found is not None
    assert found.text == "c = a"
    await work.feature.close()


@pytest.mark.parametrize(("way", "lines"), [("typing", 1), ("key", 2)])
async def test_asked_by_key_a_slow_model_may_say_a_block(way: str, lines: int) -> None:
    work = desk([[Text("a = 1"), Finish(Outcome.STOP)], "b = 2\n    return b\n"])
    work.model.gate = asyncio.Event()
    ask = asyncio.create_task(work.feature.suggest(at("x$0\n"), invoked=True))
    await work.clock.advance(2)
    work.model.gate.set()
    await ask
    found = await work.feature.suggest(at("def f():\n    $0\n"), invoked=way == "key")
    assert found is not None
    assert len(found.text.split("\n")) == lines


async def test_answer_that_was_cut_short_loses_its_last_piece() -> None:
    said = "for x in a:\n        print(\n            x,\n        )\n    b(1,\n      2"
    work = desk([[Text(said), Finish(Outcome.LENGTH)]])
    found = await work.feature.suggest(at("def add(a, b):\n    $0\n"))
    assert found is not None
    assert found.text == "for x in a:\n        print(\n            x,\n        )"


async def test_failed_model_hands_over_to_the_built_in_engine() -> None:
    work = desk([Unreachable("Ollama does not answer.")], builtin="return a")
    found = await work.feature.suggest(at("def add(a, b):\n    $0\n"))
    assert found is not None
    assert found.engine == BUILT_IN


async def test_who_asks_by_key_while_the_model_is_loaded_waits_for_it() -> None:
    work = desk([Loading("glm"), "value\n"])
    found = await work.feature.suggest(at("x = $0\n"), invoked=True)
    assert found is not None
    assert found.text == "value"
    assert [request.urgency for request in work.model.requests] == [Urgency.TYPING, Urgency.USER]


async def test_who_types_while_the_model_is_loaded_waits_for_nothing() -> None:
    work = desk([Loading("glm"), "value\n"])
    assert await work.feature.suggest(at("def add(a, b):\n    $0\n")) is None
    assert len(work.model.requests) == 1


async def test_who_asks_by_key_during_a_load_gets_what_the_built_in_engine_has() -> None:
    work = desk([Loading("glm")], builtin="value")
    found = await work.feature.suggest(at("x = $0\n"), invoked=True)
    assert found is not None
    assert found.engine == BUILT_IN


async def test_the_next_key_ends_the_wait_for_a_load() -> None:
    loads, gate = asyncio.Event(), asyncio.Event()
    gate.set()

    def answers(request: Request) -> Answer:
        if request.urgency is Urgency.TYPING:
            return Loading("glm")
        loads.set()
        gate.clear()
        return "value\n"

    work = desk(answers)
    work.model.gate = gate
    place = at("x = $0\n")
    by_key = asyncio.create_task(work.feature.suggest(place, invoked=True))
    await loads.wait()
    newer = asyncio.create_task(work.feature.suggest(typed(place, "va")))
    assert await by_key is None
    gate.set()
    found = await newer
    assert found is not None
    assert found.text == "lue"


async def test_model_that_is_still_loading_is_no_matter_for_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = desk([Loading("glm")], builtin="return a")
    found = await work.feature.suggest(at("def add(a, b):\n    $0\n"))
    assert found is not None
    assert [record.levelname for record in caplog.records if "glm" in record.message] == []


async def test_next_line_of_a_long_answer_is_known() -> None:
    work = desk("a = 1\nb = 2\nc = 3\n")
    place = at("$0\n\nx = 1\n")
    found = await work.feature.suggest(place)
    assert found is not None
    assert found.text == "a = 1"
    found = await work.feature.suggest(typed(place, "a = 1\n"))
    assert found is not None
    assert found.text == "b = 2"
    assert len(work.model.requests) == 1


async def test_answers_are_kept_on_disk() -> None:
    work = desk("return a + b\n")
    place = at("def add(a, b):\n    $0\n")
    await work.feature.suggest(place)
    await work.clock.settle()
    assert not work.drawer.kept, "the next key may come at any moment"
    await work.clock.advance(1)
    other = desk([])
    other.drawer.kept = work.drawer.kept
    found = await other.feature.suggest(place)
    assert found is not None
    assert found.text == "return a + b"
    assert not other.model.requests


async def test_waits_for_a_pause_inside_a_line() -> None:
    work = desk("b\n")
    ask = asyncio.create_task(work.feature.suggest(at("x = a +$0\n")))
    await work.clock.settle()
    assert not work.model.requests
    await work.clock.advance(0.3)
    found = await ask
    assert found is not None


async def test_nothing_is_asked_inside_a_word() -> None:
    work = desk("x\n")
    assert await work.feature.suggest(at("fo$0o = 1\n")) is None
    assert not work.model.requests


async def test_asked_by_key_a_word_is_no_hindrance() -> None:
    work = desk("ob\n")
    assert await work.feature.suggest(at("x = fo$0o\n"), invoked=True) is not None


async def test_disabled_says_nothing() -> None:
    work = desk("return\n", builtin="x")
    work.change(enabled=False)
    assert await work.feature.suggest(at("def f():\n    $0\n")) is None


async def test_what_was_deleted_is_not_offered() -> None:
    work = desk("value = compute()\n")
    before = at("x = 1\nvalue = compute()$0\n")
    work.change(enabled=True)
    await work.feature.suggest(before)
    assert await work.feature.suggest(deleted(before, len("value = compute()"))) is None


async def test_closing_ends_the_stream() -> None:
    work = desk("return a + b\n")
    work.model.gate = asyncio.Event()
    ask = asyncio.create_task(work.feature.suggest(at("def add(a, b):\n    $0\n")))
    await work.clock.settle()
    await work.feature.close()
    ask.cancel()
    await asyncio.gather(ask, return_exceptions=True)
    assert work.model.cancelled == 1


async def test_what_follows_an_accepted_suggestion_is_known_before() -> None:
    work = desk(["b = a\n", "return b\n"])
    work.change(look_ahead=True)
    place = at("def f(a):\n    x = a\n    $0\n\n\nf(1)\n")
    found = await work.feature.suggest(place)
    assert found is not None
    await work.clock.settle()
    assert work.model.requests[1].urgency is Urgency.BACKGROUND
    asked = len(work.model.requests)
    found = await work.feature.suggest(typed(place, found.text))
    assert found is not None
    assert found.text == "return b"
    assert len(work.model.requests) == asked


async def test_nothing_is_looked_ahead_for_while_others_use_the_model() -> None:
    work = desk(["b = a\n"])
    work.change(look_ahead=True)
    work.model.is_idle = False
    assert await work.feature.suggest(at("def f(a):\n    x = a\n    $0\n\n\nf(1)\n"))
    await work.clock.settle()
    assert len(work.model.requests) == 1


async def test_looking_ahead_gives_way_to_another_place() -> None:
    work = desk(["b = a\n", [Text("ret"), Text("urn b"), Finish(Outcome.STOP)], "c = 1\n", ""])
    work.change(look_ahead=True)
    place = at("def f(a):\n    x = a\n    $0\n\n\nf(1)\n")
    await work.feature.suggest(place)
    work.model.gate = asyncio.Event()
    await work.clock.settle()
    ask = asyncio.create_task(work.feature.suggest(at("def g():\n    x = 1\n    $0\n")))
    await work.clock.settle()
    work.model.gate.set()
    found = await ask
    assert found is not None
    assert found.text == "c = 1"
    assert work.model.cancelled == 1


async def test_choices_are_up_to_three_different_ones() -> None:
    work = desk(["return a\n", "return a\n", "return b\n"], builtin="return c")
    found = await work.feature.choices(at("def add(a, b):\n    x = 1\n    $0\n"))
    assert [one.text for one in found] == ["return a", "return b", "return c"]
    assert work.model.requests[1].temperature > 0


async def test_typing_goes_on_with_the_first_of_several_choices() -> None:
    work = desk(["a + b\n", "a - b\n", "a * b\n"], builtin="a % b")
    place = at("def f(a, b):\n    return $0\n")
    first, *_ = await work.feature.choices(place)
    place = typed(place, "a ")
    found = work.feature.known(place)
    assert found is not None
    assert "a " + found.text == first.text
    found = work.feature.known(typed(place, "-"))
    assert found is not None
    assert found.text == " b"


async def test_choice_with_fewer_syntax_errors_comes_first() -> None:
    work = desk(["return a +\n", "return a\n", "return a +\n"])
    found = await work.feature.choices(at("def add(a, b):\n    x = 1\n    $0\n"))
    assert [one.text for one in found] == ["return a", "return a +"]


async def test_older_request_is_answered_at_once() -> None:
    work = desk("return a\n")
    work.model.gate = asyncio.Event()
    place = at("def add(a, b):\n    x = 1\n    $0\n")
    older = asyncio.create_task(work.feature.suggest(place))
    await work.clock.settle()
    newer = asyncio.create_task(work.feature.suggest(typed(place, "x")))
    await work.clock.settle()
    assert older.done()
    assert older.result() is None
    newer.cancel()
    await asyncio.gather(newer, return_exceptions=True)
    await work.feature.close()


async def test_in_a_secret_file_nothing_is_asked_and_nothing_offered() -> None:
    work = desk("hunter2", builtin="hunter2")
    place = at("//- .env\nTOKEN=$0\n")
    assert await work.feature.suggest(place) is None
    assert await work.feature.suggest(place, invoked=True) is None
    assert await work.feature.choices(place) == []
    assert not work.model.requests
    assert not work.builtin.asked
