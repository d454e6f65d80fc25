"""A fair comparison: the same number of tried settings for all, then fresh seeds."""

import math
from dataclasses import dataclass

import numpy as np

from dlcourse.lab.bar import bar
from dlcourse.lab.statistics import Sample, over_seeds


@dataclass(frozen=True, repr=False)
class Tuned:
    """A method with the setting that suited it best.

    Attributes:
        setting: the best of the tried ones.
        sample: the :class:`Sample` of its results, over seeds that tuning had not seen.
        tried: setting -> its mean result while tuning; inf where it diverged.
    """

    setting: object
    sample: Sample
    tried: dict

    @property
    def at_edge(self):
        """Whether the best was the first or last tried: a better one may lie beyond."""
        settings = list(self.tried)
        return len(settings) > 1 and self.setting in (settings[0], settings[-1])

    def __repr__(self):
        edge = ", at the edge of what was tried" if self.at_edge else ""
        return f"{self.sample!r}, setting {self.setting}{edge}"


def tune(run, settings, *, tuning_seeds, seeds, largest=False, progress=True):
    """Choose among ``settings`` on some seeds, measure the chosen one on others.

    Choosing and measuring on the same runs would flatter who was tried most often.

    Args:
        run: run(setting, seed) -> a finite number. A FloatingPointError, as ``fit``
            raises where the loss is nan, counts as the worst there is.
        settings: what to try, in order, such as step sizes; the same for all methods
            that are compared.
        tuning_seeds, seeds: different integers, the two without a common one.
        largest: whether large results are good (accuracies), not small ones (losses).
        progress: show a bar.

    Returns a :class:`Tuned`. Raises ValueError for no settings, for seeds in both sets,
    and where every setting diverged.
    """
    settings, tuning_seeds, seeds = list(settings), list(tuning_seeds), list(seeds)
    if not settings or not tuning_seeds:
        raise ValueError("tune expects at least one setting and one tuning seed")
    if common := sorted(set(tuning_seeds) & set(seeds)):
        raise ValueError(f"seeds {common} are in both tuning_seeds and seeds")
    worst = -math.inf if largest else math.inf

    def mean(setting):
        try:
            return float(np.mean([run(setting, seed) for seed in tuning_seeds]))
        except FloatingPointError:
            return worst

    tried = {s: mean(s) for s in bar(settings, len(settings), progress, "setting")}
    usable = {s: value for s, value in tried.items() if math.isfinite(value)}
    if not usable:
        raise ValueError(f"none of the settings {settings} gave a finite result")
    best = (max if largest else min)(usable, key=usable.get)
    sample = over_seeds(lambda seed: run(best, seed), seeds, progress)
    return Tuned(best, sample, tried)
