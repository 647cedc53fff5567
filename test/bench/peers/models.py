"""The models that are timed, as a user of PyTorch would write them: fused attention, channels as PyTorch likes them."""

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """A pre-norm transformer block with the biases of VideoMAE: on queries and values, none on keys."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.query, self.value = nn.Linear(width, width), nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        inner = self.norm1(x)
        q, k, v = (
            layer(inner).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, width)
        x = x + self.out(mixed)
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))


class VideoMAE(nn.Module):
    """Tong et al. 2022, section 3: an encoder of visible tokens, a small decoder, raw pixels as the target."""

    def __init__(self, model, positions, decoder_positions):
        super().__init__()
        self.t, self.p = model["tubeletFrames"], model["patch"]
        width, inner = model["width"], model["decoderWidth"]
        length = self.t * self.p * self.p * 3
        self.embed = nn.Linear(length, width)
        self.encoder = nn.ModuleList(Block(width, model["heads"]) for _ in range(model["depth"]))
        self.encoder_norm = nn.LayerNorm(width, eps=1e-12)
        self.bridge = nn.Linear(width, inner, bias=False)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, inner))
        self.decoder = nn.ModuleList(Block(inner, model["decoderHeads"]) for _ in range(model["decoderDepth"]))
        self.decoder_norm = nn.LayerNorm(inner, eps=1e-12)
        self.head = nn.Linear(inner, length)
        self.register_buffer("positions", positions)
        self.register_buffer("decoder_positions", decoder_positions)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).repeat(length // 3))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).repeat(length // 3))

    def tokens(self, pixels):
        """[B, T, H, W, 3] to [B, N, t * p * p * 3], a tubelet's values in the order of frame, row, column, colour."""
        batch, frames, height, width, _ = pixels.shape
        t, p = self.t, self.p
        apart = pixels.view(batch, frames // t, t, height // p, p, width // p, p * 3)
        return apart.permute(0, 1, 3, 5, 2, 4, 6).reshape(batch, -1, t * p * p * 3)

    @staticmethod
    def pick(values, indices):
        """Some tokens of each clip, [B, n, D]."""
        return torch.gather(values, 1, indices.unsqueeze(-1).expand(-1, -1, values.shape[-1]))

    def encode(self, tokens, visible):
        seen = self.pick(tokens, visible).float() / 255
        x = self.embed((seen - self.mean) / self.deviation) + self.positions[visible]
        for block in self.encoder:
            x = block(x)
        return self.encoder_norm(x)

    def forward(self, pixels, visible, hidden):
        """The loss: the mean squared error of the hidden tokens."""
        tokens = self.tokens(pixels)
        seen = self.bridge(self.encode(tokens, visible)) + self.decoder_positions[visible]
        asked = self.mask_token + self.decoder_positions[hidden]
        x = torch.cat([seen, asked], 1)
        for block in self.decoder:
            x = block(x)
        prediction = self.head(self.decoder_norm(x[:, seen.shape[1] :]))
        return F.mse_loss(prediction, self.pick(tokens, hidden).float() / 255)

    def represent(self, pixels, visible):
        """The representation [B, D]."""
        return self.encode(self.tokens(pixels), visible).mean(1)


class Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))), 3 x 3."""

    def __init__(self, width):
        super().__init__()
        self.first, self.second = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return x + self.second(F.relu(self.first(F.relu(x))))


class Conv(nn.Module):
    """The two-scale network of stacked frames, fed with the blend of what is visible at each place."""

    def __init__(self, model):
        super().__init__()
        self.p, self.steps = model["patch"], model["frames"] // model["tubeletFrames"]
        self.length = model["tubeletFrames"] * self.p * self.p * 3
        width, inner = model["width"], model["innerWidth"]

        def stack(size, depth):
            return nn.Sequential(*(Residual(size) for _ in range(depth)))

        self.stem = nn.Conv2d(self.steps * self.length, width, 1, bias=False)
        self.stem_mean = nn.Conv2d(self.length, width, 1, bias=False)
        self.stem_hidden = nn.Conv2d(self.steps, width, 1)
        self.fine, self.coarse = stack(width, model["depth"]), stack(inner, model["innerDepth"])
        self.down = nn.Conv2d(width, inner, 2, stride=2)
        self.up = nn.Conv2d(inner, 4 * width, 1)
        self.head = stack(width, model["depth"])
        self.pixels = nn.Conv2d(width, self.steps * self.length, 1)
        self.gate = nn.Conv2d(width, self.steps, 1)

    def encode(self, moving, mean, hidden):
        """Features at both scales, [B, D, rows, columns] and of half as many rows and columns."""
        fine = self.fine(self.stem(4 * moving.flatten(1, 2)) + self.stem_mean(mean) + self.stem_hidden(hidden))
        return fine, self.coarse(self.down(fine))

    def seen(self, pixels, hidden, blend):
        """The clip by places, the mean of what is visible there, and the clip filled in by the blend, less that mean."""
        batch, frames, height, width, _ = pixels.shape
        p, steps = self.p, self.steps
        rows, columns = height // p, width // p
        apart = pixels.view(batch, steps, frames // steps, rows, p, columns, p, 3).permute(0, 1, 2, 4, 6, 7, 3, 5)
        values = apart.reshape(batch, steps, self.length, rows, columns).float() / 255 - 0.5
        visible = 1 - hidden
        shares = visible / visible.sum(1, keepdim=True).clamp(min=1)
        mean = torch.einsum("bshw,bslhw->blhw", shares, values)
        weights = blend.view(batch, rows, columns, steps, steps)
        moving = torch.einsum("bhwts,bslhw->btlhw", weights, values) - mean.unsqueeze(1)
        return values, mean, moving

    @staticmethod
    def plane(hidden):
        """[B, places, S] to [B, S, rows, columns]."""
        batch, places, steps = hidden.shape
        side = int(places**0.5)
        return hidden.view(batch, side, side, steps).permute(0, 3, 1, 2)

    def forward(self, pixels, hidden, blend):
        """The loss: the mean squared error of what is hidden."""
        plane = self.plane(hidden)
        values, mean, moving = self.seen(pixels, plane, blend)
        fine, coarse = self.encode(moving, mean, plane)
        mixed = F.relu(self.head(F.pixel_shuffle(self.up(coarse), 2) + fine))
        gate = 2 * torch.sigmoid(self.gate(mixed)).unsqueeze(2)
        prediction = gate * moving + self.pixels(mixed).view_as(values)
        difference = (prediction - (values - mean.unsqueeze(1))) * plane.unsqueeze(2)
        return difference.square().sum() / (plane.sum() * self.length)

    def represent(self, pixels, hidden, blend):
        """The representation [B, D]."""
        plane = self.plane(hidden)
        _, mean, moving = self.seen(pixels, plane, blend)
        return self.encode(moving, mean, plane)[1].mean((2, 3))
