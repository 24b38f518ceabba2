"""What the status shows of the models on request, as JSON values."""

from typing import Any

from lsp_server.models.directory import State
from lsp_server.models.meter import Meter
from lsp_server.models.names import Resolution
from lsp_server.models.ollama.values import Running
from lsp_server.models.openai.endpoint import EndpointState


def detail_of(state: State) -> dict[str, Any]:
    """Return where the models are, what each role found, what is in memory, and what it cost."""
    return {
        "url": state.url,
        "version": state.version,
        "problem": str(state.problem or ""),
        "loading": list(state.loading),
        "resolved": {str(role): _resolved(found) for role, found in state.roles.items()},
        "endpoints": {str(role): _endpoint(one) for role, one in state.endpoints.items()},
        "running": [_running(model) for model in state.running],
        "prompts": {name: _prompts(meter) for name, meter in state.meters.items()},
    }


def _resolved(found: Resolution) -> dict[str, Any]:
    return {"wanted": found.wanted, "name": found.name, "why": found.why}


def _endpoint(one: EndpointState) -> dict[str, Any]:
    return {
        "url": one.url,
        "server": one.server,
        "model": one.model,
        "context": one.context,
        "fill": one.fill,
        "problem": str(one.problem or ""),
    }


def _running(model: Running) -> dict[str, Any]:
    return {
        "name": model.name,
        "size": model.size,
        "sizeOnGpu": model.size_vram,
        "context": model.context,
    }


def _prompts(meter: Meter) -> dict[str, Any]:
    account = meter.account
    return {
        "requests": account.requests,
        "tokens": account.tokens,
        "cached": account.cached,
        "readPerSecond": round(meter.speeds.prefill),
        "writtenPerSecond": round(meter.speeds.decode),
        "exact": meter.is_exact,
        "answered": account.answered,
        "predictedSeconds": round(account.predicted, 3),
        "measuredSeconds": round(account.measured, 3),
        "cost": round(account.cost, 6),
    }
