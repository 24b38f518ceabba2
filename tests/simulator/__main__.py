"""Start the simulator by hand.

python -m tests.simulator --port 11435 --oracle lsp_server --machine rtx4090 --vram 16
"""

import argparse
import asyncio
from pathlib import Path

from tests.simulator.catalogue import contract_models, glm_flash, gpt_oss
from tests.simulator.clock import RealClock
from tests.simulator.engine import Engine
from tests.simulator.hardware import INSTANT, MACHINES, VERSIONS, machine
from tests.simulator.oracle import Oracle, read_sources
from tests.simulator.scripts import always, load_rules
from tests.simulator.simulator import Simulator
from tests.simulator.values import Script, SimModel


def main() -> None:
    """Serve until interrupted; the address is printed on the first line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=11435, help="port on 127.0.0.1; 0: a free one")
    parser.add_argument("--script", type=Path, help="JSON file with rules by model name")
    parser.add_argument("--oracle", type=Path, help="folder whose true text the models know")
    parser.add_argument("--machine", choices=sorted(MACHINES), help="work in this machine's time")
    parser.add_argument("--vram", type=int, help="gigabytes of GPU memory instead of its own")
    parser.add_argument("--version", choices=sorted(VERSIONS), default="0.33", help="of Ollama")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster")
    parser.add_argument("--tiny", action="store_true", help="add tiny models m g f r")
    parser.add_argument("--pull", action="store_true", help="no model yet: both can be pulled")
    arguments = parser.parse_args()
    scripts = load_rules(arguments.script) if arguments.script else {}
    if arguments.oracle:
        if not arguments.oracle.is_dir():
            parser.error(f"--oracle: {arguments.oracle} is not a folder")
        scripts = {"*": Oracle(read_sources(arguments.oracle)), **scripts}
    hardware = machine(arguments.machine, arguments.vram) if arguments.machine else INSTANT
    engine = Engine(hardware, VERSIONS[arguments.version], RealClock(arguments.speed))
    models = _models(scripts)
    if arguments.tiny:
        models += contract_models()
    installed, pullable = ([], models) if arguments.pull else (models, [])
    asyncio.run(_serve(Simulator(installed, pullable, engine=engine), arguments.port))


def _models(scripts: dict[str, Script]) -> list[SimModel]:
    def script(name: str) -> Script:
        return scripts.get(name) or scripts.get("*") or always("I follow no script.")

    glm = (glm_flash(script("glm-4.7-flash:latest"), tag) for tag in ("latest", "q4_K_M"))
    return [gpt_oss(script("gpt-oss:20b")), *glm]


async def _serve(simulator: Simulator, port: int) -> None:
    await simulator.start(port)
    try:
        print(simulator.url, flush=True)  # noqa: T201 - it is this program's output
        await asyncio.Event().wait()
    finally:
        await simulator.stop()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
