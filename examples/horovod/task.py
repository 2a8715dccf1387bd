"""What is learned: which of ten points in space a noisy copy came from. Generated, so nothing is downloaded."""
import torch

CLASSES, DIMENSIONS, TRAIN_SIZE, TEST_SIZE = 10, 20, 6000, 2000


def make_examples(count, seed):
    """Examples and their labels. The ten points are the same for every seed; the noise is not."""
    points = torch.randn(CLASSES, DIMENSIONS, generator=torch.Generator().manual_seed(7)) * 1.5
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(CLASSES, (count,), generator=generator)
    return points[labels] + torch.randn(count, DIMENSIONS, generator=generator), labels


def make_model():
    return torch.nn.Sequential(torch.nn.Linear(DIMENSIONS, 64), torch.nn.ReLU(), torch.nn.Linear(64, CLASSES))


def batch_of(step, size, rank, ranks, seed):
    """This rank's part of a batch. A step has the same batch whatever the number of ranks, so it can be resumed anywhere."""
    generator = torch.Generator().manual_seed(seed * 100_000 + step)
    return torch.randperm(TRAIN_SIZE, generator=generator)[:size][rank::ranks]


def accuracy_of(model, device, seed):
    examples, labels = make_examples(TEST_SIZE, seed + 500_000)  # noise that training never saw
    with torch.no_grad():
        guesses = model(examples.to(device)).argmax(dim=1).cpu()
    return (guesses == labels).float().mean().item()
