"""A real llama-server in a process: python -m tests.simulator.llama_server MODEL [OPTIONS].

OPTIONS is JSON over the server's parameters. It prints its address on a line of standard output and
ends with its standard input. The engine lives in the PyPI package xllamacpp, which runs it inside
the calling process.
"""

import json
import sys

import xllamacpp


def main() -> None:
    """Serve the model until the input ends."""
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx, params.n_parallel = 16384, 1
    params.warmup = False
    params.verbosity = -1
    for name, value in json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}").items():
        setattr(params, name, value)
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201 - it is this program's output
    sys.stdin.read()


if __name__ == "__main__":
    main()
