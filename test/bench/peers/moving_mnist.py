"""Moving MNIST for the peers: the distribution of training clips that Lacuna draws from, and the test set that it wrote."""

import numpy as np

DIGIT, SIZE, FRAMES, STEP = 28, 64, 20, 0.1


def corners(random):
    """The upper left corner of a digit in each frame, [T, 2]: even start and direction, a step before each frame, walls turn it back."""
    place, angle = random.random(2), random.random() * 2 * np.pi
    velocity = np.array([np.cos(angle), np.sin(angle)])
    walked = np.empty((FRAMES, 2))
    for frame in range(FRAMES):
        place = place + STEP * velocity
        velocity = np.where((place <= 0) | (place >= 1), -velocity, velocity)
        place = np.clip(place, 0, 1)
        walked[frame] = place
    return ((SIZE - DIGIT) * walked).astype(int)


def draw_clips(digits, count, seed, step, objects=2):
    """The clips of one training step, uint8 [n, T, H, W]; each (seed, step) gives others."""
    random = np.random.default_rng([seed, step])
    clips = np.zeros((count, FRAMES, SIZE, SIZE), np.uint8)
    for clip in clips:
        for _ in range(objects):
            digit = digits[random.integers(len(digits))]
            for frame, (x, y) in zip(clip, corners(random)):
                window = frame[y : y + DIGIT, x : x + DIGIT]
                np.maximum(window, digit, out=window)
    return clips


def split(clips):
    """What is given and what follows, float32 [n, 10, 1, H, W] in [0, 1]."""
    values = clips.astype(np.float32)[:, :, None] / 255
    return values[:, : FRAMES // 2], values[:, FRAMES // 2 :]
