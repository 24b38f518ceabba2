import asyncio
import os

from lsp_server.protocol.wire.framing import Frames
from lsp_server.protocol.wire.transport import Wire


async def test_a_client_that_does_not_read_never_stops_the_server() -> None:
    source, _unused = os.pipe()
    read_end, sink = os.pipe()
    wire = Wire(source, sink)
    bodies = [bytes([number % 256]) * 10_000 for number in range(100)]
    for body in bodies:
        wire.send(body)
    assert wire.is_crowded
    frames, got = Frames(), list[bytes]()
    os.set_blocking(read_end, False)
    while len(got) < len(bodies):
        await asyncio.sleep(0)
        try:
            got += frames.feed(os.read(read_end, 65536))
        except BlockingIOError:
            continue
    assert got == bodies
    assert not wire.is_crowded
    for descriptor in (source, _unused, read_end, sink):
        os.close(descriptor)


async def test_a_client_that_has_closed_its_end_is_no_error() -> None:
    source, unused = os.pipe()
    read_end, sink = os.pipe()
    wire = Wire(source, sink)
    os.close(read_end)
    wire.send(b"{}")
    wire.send(b"{}")
    wire.stop()
    for descriptor in (source, unused, sink):
        os.close(descriptor)


async def test_stopping_pushes_out_what_waits() -> None:
    source, unused = os.pipe()
    read_end, sink = os.pipe()
    wire = Wire(source, sink)
    for _ in range(30):
        wire.send(b"x" * 10_000)
    loop = asyncio.get_running_loop()

    def read_all() -> int:
        count = 0
        frames = Frames()
        while count < 30:
            count += len(list(frames.feed(os.read(read_end, 65536))))
        return count

    reading = loop.run_in_executor(None, read_all)
    wire.stop()
    assert await reading == 30
    for descriptor in (source, unused, read_end, sink):
        os.close(descriptor)
