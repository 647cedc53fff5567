"""Moving MNIST for the peers: the distribution of training clips that Lacuna draws from, and the test set that it wrote."""

import numpy as np

DIGIT, SIZE, FRAMES, STEP, PATCH = 28, 64, 20, 0.1, 4


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


def draw_hidden(hide, count, seed, step):
    """What is hidden of the clips of one training step, bool [n, T, H, W], drawn as Lacuna draws it: `future:F` the last frames,
    `gap:F` frames that follow each other with a visible one before and after, `patches:R` a share of the 4 x 4 pixels of frames."""
    random = np.random.default_rng([seed, step, 1])
    kind, value = hide.split(":")
    hidden = np.zeros((count, FRAMES, SIZE, SIZE), bool)
    if kind == "future":
        hidden[:, FRAMES - int(value) :] = True
    elif kind == "gap":
        for one, start in zip(hidden, random.integers(1, FRAMES - int(value), count)):
            one[start : start + int(value)] = True
    elif kind == "patches":
        side = SIZE // PATCH
        tubelets = np.zeros((count, FRAMES * side * side), bool)
        tubelets[:, : round(float(value) * tubelets.shape[1])] = True
        whole = random.permuted(tubelets, axis=1).reshape(count, FRAMES, side, side)
        hidden[:] = whole.repeat(PATCH, 2).repeat(PATCH, 3)
    else:
        raise ValueError(f"{hide} is none of what peers are trained on")
    return hidden


def present(clips, hidden):
    """What a network is given, what it is to tell, and which of that is scored; float32 in [0, 1], scored bool.

    Where the second half is hidden, the first half [n, 10, 1, H, W] and what follows. Else all frames in two channels
    [n, 20, 2, H, W], what is visible and where that is, and all frames."""
    values, hidden = clips.astype(np.float32)[:, :, None] / 255, hidden[:, :, None]
    half = FRAMES // 2
    if hidden[:, half:].all() and not hidden[:, :half].any():
        return values[:, :half], values[:, half:], hidden[:, half:]
    return np.concatenate([values * ~hidden, ~hidden], 2, dtype=np.float32), values, hidden
