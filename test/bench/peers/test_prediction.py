"""Checks of the peers that predict: `python -m unittest test_prediction`, in this folder; half a minute."""

import tempfile
import unittest

import numpy as np
import torch

import convlstm
import simvp
from moving_mnist import corners, draw_clips, split
from prediction import Trainer, measure, one_cycle

DIGITS = np.random.default_rng(0).integers(1, 256, (3, 28, 28), dtype=np.uint8)
SMALL = {"simvp": {"width": 8, "hidden": 32, "depth": 1}, "convlstm": {"widths": [16, 16]}}


def create_trainer(folder, model, minutes=1):
    np.save(f"{folder}/digits.npy", DIGITS)
    np.save(f"{folder}/test.npy", draw_clips(DIGITS, 2, 1, 0)[..., None])
    places = {"digits": f"{folder}/digits.npy", "test": f"{folder}/test.npy", "folder": folder}
    return Trainer({**places, "model": model, "options": SMALL[model], "learningRate": 1e-3, "minutes": minutes, "seed": 0, "threads": 1, "checkpointSeconds": 60})


class Peers(unittest.TestCase):
    def test_shapes(self):
        for module in (simvp, convlstm):
            given = torch.rand(2, 10, 1, 64, 64)
            self.assertEqual(module.create({})(given).shape, given.shape)

    def test_what_follows_depends_on_each_frame_given(self):
        for module in (simvp, convlstm):
            given = torch.rand(1, 10, 1, 64, 64, requires_grad=True)
            # Residual branches that begin small let little through, but something.
            module.create({})(given)[0, 9].sum().backward()
            self.assertTrue((given.grad.abs().sum((0, 2, 3, 4)) > 0).all())

    def test_a_batch_is_learned_by_heart(self):
        for model in SMALL:
            with tempfile.TemporaryDirectory() as folder:
                trainer = create_trainer(folder, model)
                trainer.seconds = 18  # where the rate is highest
                clips = draw_clips(np.full_like(DIGITS, 255), 2, 0, 0)
                losses = [trainer.step(clips) for _ in range(150)]
                self.assertLess(losses[-1], 0.35 * losses[0], model)

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

    def test_figures(self):
        test = draw_clips(DIGITS, 3, 0, 0)[..., None]
        truth = split(test[..., 0])[1]
        black = measure(lambda given: np.zeros_like(given), test)
        self.assertAlmostEqual(black["mse"], (truth**2).sum((2, 3, 4)).mean(), 3)
        self.assertAlmostEqual(black["mae"], truth.sum((2, 3, 4)).mean(), 3)

    def test_the_rate_rises_and_falls(self):
        self.assertAlmostEqual(one_cycle(0, 1), 1 / 25)
        self.assertAlmostEqual(one_cycle(0.3, 1), 1)
        self.assertAlmostEqual(one_cycle(1, 1), 1 / 25e4)


if __name__ == "__main__":
    unittest.main()
