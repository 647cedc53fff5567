"""ConvLSTM (Shi et al. 2015, section 3): layers read the frames one by one, and layers that begin with their states tell the frames
that follow; of frames in between, layers that read on and layers that read back. As small as a short training can use, and trained on the squared error that is measured."""

import torch
from torch import nn
from torch.nn import functional as F


class Cell(nn.Module):
    """One layer: equation 3 without peepholes."""

    def __init__(self, inputs, width, kernel):
        super().__init__()
        self.gates = nn.Conv2d(inputs + width, 4 * width, kernel, padding=kernel // 2)
        # What is remembered is remembered at first.
        nn.init.zeros_(self.gates.bias)
        nn.init.ones_(self.gates.bias[width : 2 * width])

    def forward(self, x, state):
        shown, cell = state
        joined = shown if x is None else torch.cat([x, shown], 1)
        enter, keep, show, value = self.gates(joined).chunk(4, 1)
        cell = torch.sigmoid(keep) * cell + torch.sigmoid(enter) * torch.tanh(value)
        return torch.sigmoid(show) * torch.tanh(cell), cell


def advance(cells, x, states):
    """All layers, one on top of the other, a frame further."""
    advanced = []
    for cell, state in zip(cells, states):
        state = cell(x, state)
        advanced.append(state)
        x = state[0]
    return advanced


def begin(frames, widths, patch):
    """The states before the first of the frames [B, T, C, H, W]."""
    batch, _, _, height, width = frames.shape
    empty = (frames.new_zeros(batch, size, height // patch, width // patch) for size in widths)
    return [(zeros, zeros) for zeros in empty]


class ConvLSTM(nn.Module):
    """[B, T, 1, H, W] to the T frames that follow."""

    def __init__(self, widths=(64, 64), kernel=3, patch=4):
        super().__init__()
        self.widths, self.patch = tuple(widths), patch
        pixels = patch * patch
        self.readers = nn.ModuleList(
            Cell(inputs, width, kernel) for inputs, width in zip((pixels, *self.widths), self.widths)
        )
        self.tellers = nn.ModuleList(Cell(inputs, width, kernel) for inputs, width in zip((0, *self.widths), self.widths))
        self.read = nn.Conv2d(sum(self.widths), pixels, 1)

    def forward(self, given):
        batch, frames = given.shape[:2]
        patches = F.pixel_unshuffle(given.flatten(0, 1), self.patch).unflatten(0, (batch, frames))
        states = begin(given, self.widths, self.patch)
        for frame in range(frames):
            states = advance(self.readers, patches[:, frame], states)
        told = []
        for _ in range(frames):
            states = advance(self.tellers, None, states)
            told.append(self.read(torch.cat([shown for shown, _ in states], 1)))
        return F.pixel_shuffle(torch.stack(told, 1).flatten(0, 1), self.patch).unflatten(0, (batch, frames))


class BothWays(nn.Module):
    """[B, T, 2, H, W], what is visible and where, to [B, T, 1, H, W]: one stack of layers reads on, one reads back, and both tell of
    each frame (Schuster and Paliwal 1997)."""

    def __init__(self, widths=(64, 64), kernel=3, patch=4):
        super().__init__()
        self.widths, self.patch = tuple(widths), patch
        pixels = patch * patch
        on, back = (
            nn.ModuleList(Cell(inputs, width, kernel) for inputs, width in zip((2 * pixels, *self.widths), self.widths))
            for _ in range(2)
        )
        self.on, self.back = on, back
        self.read = nn.Conv2d(2 * sum(self.widths), pixels, 1)

    def forward(self, given):
        batch, frames = given.shape[:2]
        patches = F.pixel_unshuffle(given.flatten(0, 1), self.patch).unflatten(0, (batch, frames))
        told = [[] for _ in range(frames)]
        for cells, order in ((self.on, range(frames)), (self.back, reversed(range(frames)))):
            states = begin(given, self.widths, self.patch)
            for frame in order:
                states = advance(cells, patches[:, frame], states)
                told[frame] += [shown for shown, _ in states]
        read = torch.stack([self.read(torch.cat(shown, 1)) for shown in told], 1)
        return F.pixel_shuffle(read.flatten(0, 1), self.patch).unflatten(0, (batch, frames))


def create(options):
    """`bothWays` where frames in between are told."""
    both_ways, sizes = options.get("bothWays", False), {name: options[name] for name in options if name != "bothWays"}
    return BothWays(**sizes) if both_ways else ConvLSTM(**sizes)
