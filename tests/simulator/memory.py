"""How much memory a model takes, and how much Ollama thinks that it takes."""

from tests.simulator.hardware import Hardware
from tests.simulator.values import SimModel

_F16 = 2
_MARGIN = 1 << 30


def kv_bytes(model: SimModel, context: int, batch: int, hardware: Hardware) -> int:
    """Return the true size of the key-value cache for one slot of `context` tokens."""
    number = model.shape
    layers, width = number("block_count", 1), _F16 * hardware.kv_factor
    if rank := number("attention.kv_lora_rank", 0):
        return int(layers * (rank + number("rope.dimension_count", 64)) * width * context)
    per_token = number("attention.head_count_kv", 1) * (
        number("attention.key_length", 64) + number("attention.value_length", 64)
    )
    window = number("attention.sliding_window", 0)
    if not window or hardware.swa_full:
        return int(layers * per_token * width * context)
    held = min(swa_cells(window, batch), context)
    return int(layers / 2 * per_token * width * (context + held))


def swa_cells(window: int, batch: int) -> int:
    """Return how many tokens the layers with a sliding window keep."""
    return -(-(window + batch) // 256) * 256


def true_size(model: SimModel, context: int, batch: int, hardware: Hardware) -> int:
    """Return what a loaded model takes: weights, cache, and buffers that grow with the batch."""
    buffers = int(0.5e9 + batch * 2e5) if model.size > 1e9 else 0
    cache = kv_bytes(model, context, batch, hardware) * hardware.num_parallel
    return model.size + cache + buffers


def predicted_size(model: SimModel, context: int, batch: int, hardware: Hardware) -> int:
    """Return Ollama's guess before a load: two full caches by head, whatever the model is."""
    number = model.shape
    heads = max(number("attention.head_count", 1), 1)
    per_head = number("embedding_length", 64) / heads
    layers, kv_heads = number("block_count", 1), number("attention.head_count_kv", 1)
    cache = 2 * layers * kv_heads * per_head * context * hardware.num_parallel * 2
    surcharge = 2 << 30 if batch > 1024 else 3 << 28 if batch > 512 else 0
    return int(model.size + cache + (surcharge if model.size > 1e9 else 0))


def on_gpu(size: int, free: int) -> int:
    """Return how much of `size` lands on the GPU; a margin stays free where it does not fit."""
    return size if size <= free else max(free - _MARGIN, 0)
