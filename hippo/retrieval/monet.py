"""MONet: attention that takes a picture apart object by object, and an autoencoder that codes each part.

Burgess et al. 2019 (arXiv 1901.11390), in the sizes that Annabi, Pitti, Quoy 2022 use on CLEVR: four
slots of 16 numbers, a code of 64. `monet_weights` reads the published weights.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hippo.arguments import shape_text

__all__ = ["AttentionNet", "ComponentVAE", "MONet"]

N_SLOTS, SLOT_CODE = 4, 16
#: Standard deviations of pixels: the first slot, as background, and the others.
BACKGROUND, FOREGROUND = 0.09, 0.11


class AttentionNet(nn.Module):
    """A U-Net from a picture and the scope that is left to one attention logit per pixel.

    13,925,825 parameters: five blocks down to 4×4, a perceptron across, five blocks up with skips.

    Example
    -------
    >>> with torch.device("meta"):
    ...     net = AttentionNet()
    >>> sum(p.numel() for p in net.parameters())
    13925825
    """

    def __init__(self) -> None:
        super().__init__()
        down, up = (64, 128, 256, 512, 512), (512, 256, 128, 64, 64)
        self.down = nn.ModuleList(_block(a, b) for a, b in zip((4, *down[:-1]), down, strict=True))
        self.across = nn.Sequential(
            nn.Linear(8192, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 8192), nn.ReLU()
        )
        # Each block sees what comes from below beside the skip of its own size.
        below = (512, *up[:-1])
        self.up = nn.ModuleList(_block(a + b, c) for a, b, c in zip(below, down[::-1], up, strict=True))
        self.logit = nn.Conv2d(up[-1], 1, 1)

    def forward(self, image: Tensor, log_scope: Tensor) -> Tensor:
        """Return logits, (n, 1, 64, 64), of images (n, 3, 64, 64) and log scopes (n, 1, 64, 64)."""
        state = torch.cat([image, log_scope], dim=1)
        skips = []
        for i, block in enumerate(self.down):
            skips.append(block(state))
            state = nn.functional.interpolate(skips[-1], scale_factor=0.5) if i < len(self.down) - 1 else skips[-1]
        state = self.across(state.flatten(1)).reshape(state.shape)
        for i, (block, skip) in enumerate(zip(self.up, reversed(skips), strict=True)):
            state = block(torch.cat([state, skip], dim=1))
            if i < len(self.up) - 1:
                state = nn.functional.interpolate(state, scale_factor=2.0)
        logits: Tensor = self.logit(state)
        return logits


class ComponentVAE(nn.Module):
    """Code one part of a picture, given by its log mask, and draw it from its code on a grid of positions.

    369,572 parameters: the decoder sees the code at every position beside x and y from −1 to 1.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in ((4, 32), (32, 32), (32, 64), (64, 64)):
            layers += [nn.Conv2d(a, b, 3, stride=2, padding=1), nn.ReLU()]
        self.encoder = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(1024, 256), nn.ReLU(), nn.Linear(256, 2 * SLOT_CODE)
        )
        layers = []
        for a, b in ((SLOT_CODE + 2, 32), (32, 32), (32, 32), (32, 32)):
            layers += [nn.Conv2d(a, b, 3), nn.ReLU()]
        self.decoder = nn.Sequential(*layers, nn.Conv2d(32, 4, 1))

    def encode(self, image: Tensor, log_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of a slot, (n, 16) each."""
        mean, log_variance = self.encoder(torch.cat([image, log_mask], dim=1)).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Return colours (n, 3, 64, 64) and mask logits (n, 1, 64, 64) of slots (n, 16)."""
        n, size = len(slots), 72  # four 3×3 layers without padding take eight pixels off
        line = torch.linspace(-1, 1, size, device=slots.device, dtype=slots.dtype)
        y, x = torch.meshgrid(line, line, indexing="ij")
        grid = torch.stack([x, y]).expand(n, 2, size, size)
        drawn = self.decoder(torch.cat([slots[:, :, None, None].expand(n, SLOT_CODE, size, size), grid], dim=1))
        return drawn[:, :3], drawn[:, 3:]


class MONet(nn.Module):
    """Attention and component autoencoder: pictures to four slots of 16 numbers, and back.

    log m_k = log s_k + log σ(a_k), log s_{k+1} = log s_k + log σ(−a_k), s_1 = 1; the last slot takes
    what is left. x̂ = Σ_k softmax_k(mask)_k RGB_k. Pictures are from −1 to 1.
    """

    image_shape = (3, 64, 64)
    n_code = N_SLOTS * SLOT_CODE

    def __init__(self) -> None:
        super().__init__()
        self.attention, self.component = AttentionNet(), ComponentVAE()

    def log_masks(self, images: Tensor) -> Tensor:
        """Return the log masks of the slots, (n, 4, 64, 64); their exponentials add up to 1 in every pixel."""
        if images.shape[1:] != self.image_shape:
            raise ValueError(f"images: expected shape (n, 3, 64, 64), got {shape_text(images)}")
        log_scope = images.new_zeros(len(images), 1, 64, 64)
        masks = []
        for _ in range(N_SLOTS - 1):
            logit = self.attention(images, log_scope)
            masks.append(log_scope + nn.functional.logsigmoid(logit))
            log_scope = log_scope + nn.functional.logsigmoid(-logit)
        return torch.cat([*masks, log_scope], dim=1)

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log variances of codes, (n, 64) each."""
        masks = self.log_masks(images)
        slots = [self.component.encode(images, masks[:, k : k + 1]) for k in range(N_SLOTS)]
        return torch.cat([mean for mean, _ in slots], 1), torch.cat([spread for _, spread in slots], 1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images of codes, (n, 3, 64, 64)."""
        colours, logits = self.parts(codes)
        return (torch.softmax(logits, dim=1) * colours).sum(1)

    def loss(self, images: Tensor, generator: torch.Generator, beta: float = 0.5, gamma: float = 0.5) -> Tensor:
        """Return the mean over images of −log Σ_k m_k N(x; RGB_k, σ_k²) + β KL(codes) + γ KL(masks), in nats.

        Parameters
        ----------
        images
            (n, 3, 64, 64), from −1 to 1.
        generator
            Draws the codes.
        beta, gamma
            Weights of the codes' and of the masks' divergence; ½ each as Burgess et al. have it.
        """
        masks = self.log_masks(images)
        slots = [self.component.encode(images, masks[:, k : k + 1]) for k in range(N_SLOTS)]
        mean, log_variance = (torch.cat(parts, 1) for parts in zip(*slots, strict=True))
        noise = torch.randn(mean.shape, generator=generator, device=generator.device).to(mean)
        colours, logits = self.parts(mean + (log_variance / 2).exp() * noise)
        spread = images.new_tensor([BACKGROUND] + [FOREGROUND] * (N_SLOTS - 1))[:, None, None, None]
        density = -((images[:, None] - colours) / spread).square() / 2 - (spread * math.sqrt(2 * math.pi)).log()
        error = -torch.logsumexp(masks[:, :, None] + density, dim=1).flatten(1).sum(1)
        codes = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2
        drawn = torch.log_softmax(logits[:, :, 0], dim=1)
        taken = (masks.exp() * (masks - drawn)).flatten(1).sum(1)
        return (error + beta * codes + gamma * taken).mean()

    def parts(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Return colours (n, 4, 3, 64, 64) and mask logits (n, 4, 1, 64, 64)."""
        n = len(codes)
        colours, logits = self.component.decode(codes.reshape(n * N_SLOTS, SLOT_CODE))
        return colours.reshape(n, N_SLOTS, 3, 64, 64), logits.reshape(n, N_SLOTS, 1, 64, 64)


def _block(n_in: int, n_out: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.InstanceNorm2d(n_out, affine=True), nn.ReLU()
    )
