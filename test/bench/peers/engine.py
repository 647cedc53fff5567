"""PyTorch's side of the engine benchmark.

Reads a case as one line of JSON, warms up, answers {"ready": true}, and for each further line runs one round and answers
{"seconds": the shortest run of the round, "peakBytes": the most memory that this process has held}.
The line {"versions": true} in place of a case is answered with versions, and ends it.
"""

import json
import math
import resource
import sys
import time
from contextlib import nullcontext

try:
    import torch
    from models import Conv, VideoMAE
except ImportError as missing:
    sys.exit(f"PyTorch cannot be loaded: {missing}")

WARM_UPS = 2


def positions(tokens, width):
    """The fixed sinusoids of VideoMAE, [N, D]."""
    at = torch.arange(tokens, dtype=torch.float64).unsqueeze(1)
    angle = at / 10000 ** (2 * (torch.arange(width) // 2) / width)
    return torch.where(torch.arange(width) % 2 == 0, angle.sin(), angle.cos()).float()


def create(case):
    """The network of a case with the inputs of a training step, and those of the encoder alone."""
    torch.manual_seed(0)
    torch.set_num_threads(case["threads"])
    model, batch, visible_count = case["model"], case["batch"], case["visible"]
    size, frames = model["size"], model["frames"]
    pixels = torch.randint(0, 256, (batch, frames, size, size, 3), dtype=torch.uint8)
    steps, rows, columns = frames // model["tubeletFrames"], size // model["patch"], size // model["patch"]
    tokens = math.prod((steps, rows, columns))
    if model["family"] == "vit":
        network = VideoMAE(model, positions(tokens, model["width"]), positions(tokens, model["decoderWidth"]))
        order = torch.rand(batch, tokens).argsort(1)
        visible, hidden = (part.sort(1).values for part in order.split([visible_count, tokens - visible_count], 1))
        return network, (pixels, visible, hidden), (pixels, visible)
    # The first steps are seen; each later one starts as a copy of the last of them.
    seen = visible_count // (rows * columns)
    hidden = torch.zeros(batch, rows * columns, steps)
    hidden[..., seen:] = 1
    blend = torch.diag_embed(1 - hidden)
    blend[..., seen - 1] += hidden
    return Conv(model), (pixels, hidden, blend), (pixels, hidden, blend)


def program(case):
    """What one run of a case is, as a function without arguments."""
    network, training, inference = create(case)

    def compiled(function):
        return torch.compile(function) if case["mode"] == "compile" else function

    def precision():
        return torch.autocast("cpu", torch.bfloat16) if case["mode"] == "bf16" else nullcontext()

    if case["what"] == "forward":
        represent = compiled(network.represent)

        def forward():
            with torch.inference_mode(), precision():
                return represent(*inference)

        return forward
    decayed = [parameter for parameter in network.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in network.parameters() if parameter.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95), fused=True)
    loss_of = compiled(network)

    def step():
        optimiser.zero_grad(set_to_none=True)
        with precision():
            loss = loss_of(*training)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        return loss.item()

    return step


def time_shortest(run, at_least_seconds):
    """Runs again and again for at least this long, and at least once; the shortest time in seconds."""
    shortest, begun = math.inf, time.perf_counter()
    while True:
        started = time.perf_counter()
        run()
        ended = time.perf_counter()
        shortest = min(shortest, ended - started)
        if ended - begun >= at_least_seconds:
            return shortest


def peak_bytes():
    """The most memory that this process has held: Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    case = json.loads(sys.stdin.readline())
    if "versions" in case:
        answer({"pytorch": torch.__version__})
        return
    run = program(case)
    for _ in range(WARM_UPS):
        run()
    answer({"ready": True})
    for _ in sys.stdin:
        answer({"seconds": time_shortest(run, case["roundSeconds"]), "peakBytes": peak_bytes()})


if __name__ == "__main__":
    main()
