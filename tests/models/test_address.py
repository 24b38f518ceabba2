import pytest

from lsp_server.common.errors import TandemError
from lsp_server.models.address import allowed_url, base_url, is_loopback
from lsp_server.models.errors import NotAllowed


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104 - read, not bound
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("[::1]:9", "http://[::1]:9"),
        ("[::]:9", "http://127.0.0.1:9"),
        ("http://box", "http://box:80"),
        ("https://box", "https://box:443"),
        ("box:99/path/", "http://box:99/path"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(host: str, url: str) -> None:
    assert base_url(host) == url


@pytest.mark.parametrize(
    "host", ["ftp://box", "box:port", "box:0", "http://[::1", "not a host!", "a\tb", "a!b"]
)
def test_what_is_no_address_is_said_to_be_none(host: str) -> None:
    with pytest.raises(TandemError, match="no address"):
        base_url(host)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1", True),
        ("http://127.3.4.5:1", True),
        ("http://[::1]:1", True),
        ("http://127.0.0.1.evil.example:1", False),
        ("http://192.168.0.5:1", False),
        ("http://ollama.com", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, here: bool) -> None:  # noqa: FBT001
    assert is_loopback(url) is here


def test_another_machine_is_refused_until_it_is_allowed() -> None:
    with pytest.raises(NotAllowed):
        allowed_url("box", allow_remote=False)
    assert allowed_url("box", allow_remote=True) == "http://box:11434"
