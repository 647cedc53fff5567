"""Peers that tell what is hidden of a clip: trained for given minutes, and measured on the test set at marks on the way.

Reads a task as one line of JSON, answers {"ready": true}, and for each further line trains until the next of the task's marks and
answers {"minutes", "steps", "parameters", "figures"}. A checkpoint in the task's folder lets a later process go on.
The line {"versions": true} in place of a task is answered with versions, and ends it.
"""

import importlib
import json
import math
import os
import sys
import time

try:
    import numpy as np
    import skimage
    import torch
    from skimage.metrics import structural_similarity
    from torch.nn import functional as F
except ImportError as missing:
    sys.exit(f"a package cannot be loaded: {missing}")

from moving_mnist import draw_clips, draw_hidden, present

BATCH = 16
EVALUATED_AT_ONCE = 20
# Who started this; when it is gone, someone else may go on from the checkpoint.
STARTED_BY = os.getppid()
PSNR_CAP = 100


def one_cycle(share, highest):
    """The learning rate (Smith and Topin 2019), by the share of the time that is over: cosines, up for 0.3 of it, then down."""
    lowest, last, turn = highest / 25, highest / 25e4, 0.3
    start, end, way = (lowest, highest, share / turn) if share < turn else (highest, last, (share - turn) / (1 - turn))
    return end + (start - end) * (1 + math.cos(math.pi * min(1, way))) / 2


class Trainer:
    """A network, how far its training is, and where that is kept."""

    def __init__(self, task):
        self.task = task
        torch.set_num_threads(task["threads"])
        torch.manual_seed(task["seed"])
        # Decayed moments become numbers that the processor is slow with.
        torch.set_flush_denormal(True)
        module = importlib.import_module(task["model"])
        self.highest = task["learningRate"]
        self.network = module.create(task["options"])
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=self.highest, weight_decay=0.0, fused=True)
        self.digits = np.load(task["digits"])
        self.test = np.load(task["test"], mmap_mode="r"), np.load(task["hidden"], mmap_mode="r")
        self.seconds, self.steps = 0.0, 0
        self.file = os.path.join(task["folder"], "checkpoint.pt")
        if os.path.exists(self.file):
            kept = torch.load(self.file)
            self.network.load_state_dict(kept["network"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.seconds, self.steps = kept["seconds"], kept["steps"]

    def save(self):
        kept = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "seconds": self.seconds,
            "steps": self.steps,
        }
        torch.save(kept, self.file + ".new")
        os.replace(self.file + ".new", self.file)

    def step(self, clips, hidden):
        """One step on clips uint8 [n, T, H, W] of which that is hidden; the loss."""
        given, truth, scored = (torch.from_numpy(part) for part in present(clips, hidden))
        for group in self.optimiser.param_groups:
            group["lr"] = one_cycle(self.seconds / (60 * self.task["minutes"]), self.highest)
        self.optimiser.zero_grad(set_to_none=True)
        loss = F.mse_loss(self.network(given)[scored], truth[scored])
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def train(self, until):
        """Goes on until so many seconds of training are over."""
        self.network.train()
        saved = self.seconds
        while self.seconds < until:
            started = time.perf_counter()
            drawn = BATCH, self.task["seed"], self.steps
            self.step(draw_clips(self.digits, *drawn), draw_hidden(self.task["hide"], *drawn))
            self.steps += 1
            self.seconds += time.perf_counter() - started
            if os.getppid() != STARTED_BY:
                sys.exit("whoever started this is gone")
            if self.seconds - saved >= self.task["checkpointSeconds"]:
                self.save()
                saved = self.seconds
        self.save()

    def predict(self, given):
        self.network.eval()
        with torch.inference_mode():
            return self.network(torch.from_numpy(given)).numpy()

    def look(self):
        return {
            "minutes": self.seconds / 60,
            "steps": self.steps,
            "parameters": sum(parameter.numel() for parameter in self.network.parameters()),
            "figures": measure(self.predict, *self.test),
        }


def measure(predict, clips, hidden):
    """The means over the frames of which anything is hidden, with what is visible put in: of the squared and the absolute error,
    each summed over a frame, of the ratio in dB, and of the structural similarity; the last two after clipping."""
    sums, frames = np.zeros(4), 0
    for start in range(0, len(clips), EVALUATED_AT_ONCE):
        part = slice(start, start + EVALUATED_AT_ONCE)
        given, truths, scored = present(np.asarray(clips[part])[..., 0], np.asarray(hidden[part]).astype(bool))
        filled = np.where(scored, predict(given), truths)
        asked = scored.any((2, 3, 4))
        for frame, truth in zip(filled[asked][:, 0], truths[asked][:, 0]):
            error, clipped = frame - truth, np.clip(frame, 0, 1)
            ratio = -10 * np.log10(max(np.mean((clipped - truth) ** 2, dtype=np.float64), 10 ** (-PSNR_CAP / 10)))
            similarity = structural_similarity(clipped, truth, data_range=1)
            sums += [np.sum(error**2, dtype=np.float64), np.sum(np.abs(error), dtype=np.float64), ratio, similarity]
            frames += 1
    return dict(zip(("mse", "mae", "psnr", "ssim"), (sums / frames).tolist()))


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    task = json.loads(sys.stdin.readline())
    if "versions" in task:
        answer({"pytorch": torch.__version__, "scikit-image": skimage.__version__})
        return
    trainer = Trainer(task)
    answer({"ready": True})
    for mark, _ in zip(task["marks"], sys.stdin):
        trainer.train(60 * task["minutes"] * mark)
        answer(trainer.look())


if __name__ == "__main__":
    main()
