"""A real llama-server in a process of its own: python -m tests.simulator.llama_server MODEL BATCH.

It prints its address on a line of standard output and ends with its standard input. The engine
lives in the PyPI package xllamacpp, which runs it inside the calling process.
"""

import sys

import xllamacpp


def main() -> None:
    """Serve the model until the input ends."""
    batch = int(sys.argv[2])
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx, params.n_parallel = 16384, 1
    params.n_batch = params.n_ubatch = batch
    params.warmup = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201 - it is this program's output
    sys.stdin.read()


if __name__ == "__main__":
    main()
