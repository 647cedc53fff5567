"""Checks of the peers that predict: `python -m unittest test_prediction`, in this folder; half a minute."""

import tempfile
import unittest

import numpy as np
import torch

import convlstm
import simvp
from moving_mnist import corners, draw_clips, draw_hidden, present
from prediction import Trainer, measure, one_cycle

DIGITS = np.random.default_rng(0).integers(1, 256, (3, 28, 28), dtype=np.uint8)
SMALL = {"simvp": {"width": 8, "hidden": 32, "depth": 1}, "convlstm": {"widths": [16, 16]}}
FILLING = {"simvp": {"frames": 20, "channels": 2}, "convlstm": {"bothWays": True}}
HIDES = "future:10", "gap:6", "patches:0.75"


def create_trainer(folder, model, minutes=1, hide="future:10"):
    np.save(f"{folder}/digits.npy", DIGITS)
    np.save(f"{folder}/test.npy", draw_clips(DIGITS, 2, 1, 0)[..., None])
    np.save(f"{folder}/hidden.npy", draw_hidden(hide, 2, 1, 0).astype(np.uint8))
    places = {"digits": f"{folder}/digits.npy", "test": f"{folder}/test.npy", "hidden": f"{folder}/hidden.npy", "folder": folder}
    options = SMALL[model] if hide == "future:10" else {**SMALL[model], **FILLING[model]}
    return Trainer({**places, "model": model, "options": options, "hide": hide, "learningRate": 1e-3, "minutes": minutes, "seed": 0, "threads": 1, "checkpointSeconds": 60})


class Peers(unittest.TestCase):
    def test_shapes(self):
        for module in (simvp, convlstm):
            given = torch.rand(2, 10, 1, 64, 64)
            self.assertEqual(module.create({})(given).shape, given.shape)
        for module in (simvp, convlstm):
            told = module.create(FILLING[module.__name__])(torch.rand(2, 20, 2, 64, 64))
            self.assertEqual(told.shape, (2, 20, 1, 64, 64))

    def test_each_frame_depends_on_those_before_and_after(self):
        for module in (simvp, convlstm):
            given = torch.rand(1, 20, 2, 64, 64, requires_grad=True)
            module.create(FILLING[module.__name__])(given)[0, 10].sum().backward()
            self.assertTrue((given.grad.abs().sum((0, 2, 3, 4)) > 0).all())

    def test_what_follows_depends_on_each_frame_given(self):
        for module in (simvp, convlstm):
            given = torch.rand(1, 10, 1, 64, 64, requires_grad=True)
            # Residual branches that begin small let little through, but something.
            module.create({})(given)[0, 9].sum().backward()
            self.assertTrue((given.grad.abs().sum((0, 2, 3, 4)) > 0).all())

    def test_a_batch_is_learned_by_heart(self):
        for model in SMALL:
            for hide in HIDES:
                with tempfile.TemporaryDirectory() as folder:
                    trainer = create_trainer(folder, model, hide=hide)
                    trainer.seconds = 18  # where the rate is highest
                    clips, hidden = draw_clips(np.full_like(DIGITS, 255), 2, 0, 0), draw_hidden(hide, 2, 0, 0)
                    losses = [trainer.step(clips, hidden) for _ in range(150)]
                    self.assertLess(losses[-1], 0.35 * losses[0], (model, hide))

    def test_a_training_goes_on_from_its_checkpoint(self):
        with tempfile.TemporaryDirectory() as folder:
            first = create_trainer(folder, "convlstm", minutes=0.02)
            first.train(0.6)
            second = create_trainer(folder, "convlstm", minutes=0.02)
            self.assertEqual((second.steps, second.seconds), (first.steps, first.seconds))
            for one, other in zip(first.network.parameters(), second.network.parameters()):
                self.assertTrue(torch.equal(one, other))
            steps = second.steps
            second.train(1.2)
            self.assertGreater(second.steps, steps)


class Data(unittest.TestCase):
    def test_digits_stay_inside_and_move_by_a_step(self):
        random = np.random.default_rng(0)
        for _ in range(200):
            places = corners(random)
            self.assertTrue(((places >= 0) & (places <= 36)).all())
            self.assertLessEqual(np.abs(np.diff(places, axis=0)).max(), 4)

    def test_the_brighter_digit_is_seen(self):
        clips = draw_clips(DIGITS, 4, 0, 0)
        self.assertEqual(clips.shape, (4, 20, 64, 64))
        self.assertTrue(((clips > 0).sum((2, 3)) <= 2 * 28 * 28).all())
        self.assertTrue(np.array_equal(clips, draw_clips(DIGITS, 4, 0, 0)))
        self.assertFalse(np.array_equal(clips, draw_clips(DIGITS, 4, 0, 1)))

    def test_what_is_hidden(self):
        hidden = {hide: draw_hidden(hide, 50, 0, 0) for hide in HIDES}
        for hide, share in zip(HIDES, (0.5, 0.3, 0.75)):
            self.assertTrue(np.allclose(hidden[hide].mean((1, 2, 3)), share), hide)
        frames = hidden["gap:6"].all((2, 3))
        self.assertFalse(frames[:, [0, -1]].any())
        starts = draw_hidden("gap:6", 400, 0, 0)[:, :, 0, 0].argmax(1)
        self.assertEqual(set(starts), set(range(1, 14)))
        patches = hidden["patches:0.75"].reshape(50, 20, 16, 4, 16, 4)
        self.assertTrue((patches.all((3, 5)) == patches.any((3, 5))).all())

    def test_nothing_hidden_is_given(self):
        clips = draw_clips(DIGITS, 3, 0, 0)
        for hide in HIDES:
            hidden = draw_hidden(hide, 3, 0, 0)
            given, truth, scored = present(clips, hidden)
            other, _, _ = present(np.where(hidden, 255 - clips, clips), hidden)
            self.assertTrue(np.array_equal(given, other), hide)
            self.assertEqual(scored.sum(), hidden.sum(), hide)

    def test_figures(self):
        clips = draw_clips(DIGITS, 3, 0, 0)
        for hide in HIDES:
            hidden = draw_hidden(hide, 3, 0, 0)
            values = clips / 255 * hidden
            frames = hidden.any((2, 3)).sum()
            black = measure(lambda given: np.zeros((*given.shape[:2], 1, 64, 64), np.float32), clips[..., None], hidden)
            self.assertAlmostEqual(black["mse"], (values**2).sum() / frames, 3)
            self.assertAlmostEqual(black["mae"], values.sum() / frames, 3)

    def test_the_rate_rises_and_falls(self):
        self.assertAlmostEqual(one_cycle(0, 1), 1 / 25)
        self.assertAlmostEqual(one_cycle(0.3, 1), 1)
        self.assertAlmostEqual(one_cycle(1, 1), 1 / 25e4)


if __name__ == "__main__":
    unittest.main()
