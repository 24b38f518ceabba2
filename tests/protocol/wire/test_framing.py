import json

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.protocol.wire.framing import Frames, framed


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 30))
def test_bodies_come_out_as_they_went_in_however_the_stream_is_cut(
    bodies: list[bytes], piece: int
) -> None:
    stream = b"".join(map(framed, bodies))
    frames = Frames()
    got: list[bytes] = []
    for start in range(0, len(stream), piece):
        got += frames.feed(stream[start : start + piece])
    assert got == bodies


def test_header_names_may_have_any_case_and_stand_beside_others() -> None:
    head = b"content-type: application/json\r\ncontent-LENGTH:  2\r\n\r\n"
    assert list(Frames().feed(head + b"{}")) == [b"{}"]


def test_a_header_without_a_length_is_dropped_and_reading_goes_on() -> None:
    broken = b"Content-Length: many\r\n\r\n"
    assert list(Frames().feed(broken + framed(b"[]"))) == [b"[]"]


def test_bytes_that_never_become_a_header_do_not_fill_the_memory() -> None:
    frames = Frames()
    assert list(frames.feed(b"x" * 100_000)) == []
    assert list(frames.feed(framed(b"1"))) == [b"1"]


def test_the_length_counts_bytes() -> None:
    body = json.dumps("ä", ensure_ascii=False).encode()
    assert framed(body).startswith(b"Content-Length: 4\r\n\r\n")
