import asyncio

from tests.clock import ManualClock


async def test_sleepers_wake_in_the_order_of_their_time() -> None:
    clock, woken = ManualClock(), list[str]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(f"{name} {clock.now():g}")

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper("late", 2))
        group.create_task(sleeper("early", 1))
        await clock.advance(1.5)
        assert woken == ["early 1"]
        assert clock.sleepers == 1
        await clock.advance(1)
    assert woken == ["early 1", "late 2"]


async def test_a_cancelled_sleeper_does_not_wait() -> None:
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(5))
    await clock.settle()
    task.cancel()
    await clock.settle()
    assert task.cancelled()
    assert clock.sleepers == 0
