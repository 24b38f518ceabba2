"""The modules that a runtime brings with it: no file of a workspace is meant by their names."""

_NODE = frozenset(
    """
    assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram
    diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector
    inspector/promises module net os path path/posix path/win32 perf_hooks process punycode
    querystring readline readline/promises repl stream stream/consumers stream/promises stream/web
    string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi
    worker_threads zlib
    """.split()
)
"""What Node.js lists (https://nodejs.org/api/module.html#modulebuiltinmodules)."""


def is_of_runtime(module: tuple[str, ...]) -> bool:
    """Whether a module that a script asks for is no file: Node.js' own, or one with a scheme.

    `node:fs` and `virtual:icons` have schemes.
    """
    return ":" in module[0] or "/".join(module) in _NODE if module else False
