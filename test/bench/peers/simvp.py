"""SimVP (Gao et al. 2022): frames are encoded one by one, their channels mixed over time, decoded one by one. The translator is the
gated spatio-temporal attention of its second version (Tan et al. 2022, section 3.3). As small as a short training can use."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvBlock(nn.Module):
    """3 x 3 convolution, group norm, SiLU; half the size with `down`, twice the size, by pixel shuffle, with `up`."""

    def __init__(self, inputs, outputs, down=False, up=False):
        super().__init__()
        widened = 4 * outputs if up else outputs
        self.convolution = nn.Conv2d(inputs, widened, 3, stride=2 if down else 1, padding=1)
        self.shuffle = nn.PixelShuffle(2) if up else nn.Identity()
        self.norm = nn.GroupNorm(2, outputs)

    def forward(self, x):
        return F.silu(self.norm(self.shuffle(self.convolution(x))))


class GatedAttention(nn.Module):
    """A large kernel, taken apart into a depthwise one, a dilated depthwise one and a pointwise one, gates what it gathers."""

    def __init__(self, width):
        super().__init__()
        self.near = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.far = nn.Conv2d(width, width, 7, padding=9, dilation=3, groups=width)
        self.mix = nn.Conv2d(width, 2 * width, 1)

    def forward(self, x):
        gathered, gate = self.mix(self.far(self.near(x))).chunk(2, 1)
        return torch.sigmoid(gate) * gathered


class TranslatorBlock(nn.Module):
    """Attention, then a perceptron over channels with a depthwise convolution inside; both residual, scaled from small (1e-2)."""

    def __init__(self, width, expansion):
        super().__init__()
        wide = expansion * width
        self.norm1, self.norm2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.attention = nn.Sequential(
            nn.Conv2d(width, width, 1), nn.GELU(), GatedAttention(width), nn.Conv2d(width, width, 1)
        )
        self.perceptron = nn.Sequential(
            nn.Conv2d(width, wide, 1), nn.Conv2d(wide, wide, 3, padding=1, groups=wide), nn.GELU(), nn.Conv2d(wide, width, 1)
        )
        self.scale1 = nn.Parameter(1e-2 * torch.ones(width, 1, 1))
        self.scale2 = nn.Parameter(1e-2 * torch.ones(width, 1, 1))

    def forward(self, x):
        inner = self.norm1(x)
        x = x + self.scale1 * (self.attention(inner) + inner)
        return x + self.scale2 * self.perceptron(self.norm2(x))


class SimVP(nn.Module):
    """[B, T, C, H, W] to [B, T, 1, H, W]: the frames that follow or, with a channel that says what is visible, the same frames."""

    def __init__(self, frames=10, channels=1, width=16, hidden=128, depth=4, expansion=4):
        super().__init__()
        self.encoder = nn.ModuleList(
            [ConvBlock(channels, width), ConvBlock(width, width, down=True), ConvBlock(width, width), ConvBlock(width, width, down=True)]
        )
        self.enter, self.leave = nn.Conv2d(frames * width, hidden, 1), nn.Conv2d(hidden, frames * width, 1)
        self.translator = nn.Sequential(*(TranslatorBlock(hidden, expansion) for _ in range(depth)))
        self.decoder = nn.ModuleList(
            [ConvBlock(width, width, up=True), ConvBlock(width, width), ConvBlock(width, width, up=True), ConvBlock(2 * width, width)]
        )
        self.read = nn.Conv2d(width, 1, 1)

    def forward(self, given):
        batch, frames, channels, height, width = given.shape
        x = given.reshape(batch * frames, channels, height, width)
        first = x = self.encoder[0](x)
        for block in self.encoder[1:]:
            x = block(x)
        coded = x.shape[1:]
        mixed = self.leave(self.translator(self.enter(x.reshape(batch, frames * coded[0], *coded[1:]))))
        x = mixed.reshape(batch * frames, *coded)
        for block in self.decoder[:-1]:
            x = block(x)
        # What the first layer saw of each frame goes past the translator.
        x = self.decoder[-1](torch.cat([x, first], 1))
        return self.read(x).reshape(batch, frames, 1, height, width)


def create(options):
    # Channels last: a step takes two thirds of the time; compiling it makes it no faster.
    return SimVP(**options).to(memory_format=torch.channels_last)
