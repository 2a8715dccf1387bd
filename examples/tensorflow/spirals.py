"""Three spirals in the plane, drawn from a seed: a small data set that no straight line can tell apart."""
import numpy as np

CLASSES = 3


def make_spirals(count, seed):
    """Returns count points, and for each the spiral (0, 1 or 2) that it lies on."""
    random = np.random.default_rng(seed)
    labels = random.integers(CLASSES, size=count)
    radius = random.uniform(0.1, 1.0, size=count)
    angle = labels * (2 * np.pi / CLASSES) + 4 * radius + random.normal(0, 0.1, size=count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype(np.float32), labels.astype(np.int32)
