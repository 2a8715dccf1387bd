"""A small honest task without downloads: hand-distorted digits, drawn from a 5x7 font, and a network that reads them."""
import torch
import torch.nn.functional as F
from torch import nn

SIZE = 16  # pixels per side

_FONT = """
.###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###.
#...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...#
#..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#.
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .##..
"""


def _glyphs():
    rows = [line.split() for line in _FONT.split("\n") if line]
    return torch.tensor([[[float(pixel == "#") for pixel in row[digit]] for row in rows] for digit in range(10)])


def make_digits(count, seed):
    """Returns (images [count, 1, SIZE, SIZE], labels [count]); the same seed gives the same digits."""
    random = torch.Generator().manual_seed(seed)

    def uniform(low, high):
        return low + (high - low) * torch.rand(count, generator=random)

    labels = torch.randint(10, (count,), generator=random)
    angle, slant = uniform(-0.3, 0.3), uniform(-0.25, 0.25)
    width, height = uniform(1.5, 2.4), uniform(1.2, 1.7)  # of the picture, in glyphs
    right, down = uniform(-0.35, 0.35), uniform(-0.2, 0.2)
    cos, sin = torch.cos(angle), torch.sin(angle)
    from_picture_to_glyph = torch.stack([
        torch.stack([width * cos, width * (slant - sin), right], dim=1),
        torch.stack([height * sin, height * cos, down], dim=1)], dim=1)
    grid = F.affine_grid(from_picture_to_glyph, [count, 1, SIZE, SIZE], align_corners=False)
    images = F.grid_sample(_glyphs()[labels].unsqueeze(1), grid, align_corners=False)
    images = images * uniform(0.6, 1.0).view(-1, 1, 1, 1)
    images = images + 0.2 * torch.randn(images.shape, generator=random)
    return images, labels


def make_model():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * (SIZE // 4) ** 2, 64), nn.ReLU(), nn.Linear(64, 10))
