"""Exercises, each declared once: its reference, its inputs and its known mistakes.

    @exercise(section="The chain rule", inputs=random_logits)
    def softmax_gradient(logits, labels):
        \"\"\"The gradient of the mean cross-entropy with respect to the logits.\"\"\"
        ...the right answer...

    @softmax_gradient.mistake("Every entry is N times too large: the loss is a mean.")
    def without_mean(logits, labels):
        ...the wrong answer, as learners write it...

    softmax_gradient.mistake(
        "The signs are turned: it is p - y.",
        turned=lambda logits, labels: -softmax_gradient.reference(logits, labels),
    )

``check(f)`` compares a learner's function with the reference on random inputs, and with
the mistakes where it fails. A declaration stands in the ``exercises`` of its lesson's
folder, in a file of its name; that is unique in the course and is the name of the
function that the learner writes.

The solutions are public. A *variant* asks for another version, for which the public one
is a known mistake; it stands in ``exercises/variants``, and no lesson poses it:

    @softmax_gradient.variant("That is the mean's. Here the losses are added up.")
    def summed_softmax_gradient(logits, labels):
        \"\"\"The gradient of the summed cross-entropy with respect to the logits.\"\"\"
        ...
"""

import contextlib
import difflib
import functools
import inspect
import warnings
import zlib
from copy import deepcopy
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from dlcourse.teach import course
from dlcourse.teach.course import LESSONS, Lesson, lesson_of

__all__ = [
    "PUBLIC",
    "Exercise",
    "all_exercises",
    "all_variants",
    "exercise",
    "find",
    "reference",
]

FEWEST_MISTAKES = 3
PUBLIC = "public_solution"  # the mistake of a variant that its exercise's answer is


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners are known to give, and what to tell them."""

    name: str
    diagnosis: str
    answer: object  # a callable with the reference's parameters


@dataclass(eq=False)
class Exercise:
    """One exercise: see :func:`exercise` for the meaning of each field."""

    reference: object
    lesson: Lesson
    section: str
    inputs: object
    edge_cases: tuple = ()
    trials: int = 12
    rtol: float = 1e-6
    atol: float = 1e-9
    returns: object = ()
    choices: tuple = ()
    compare: object = None
    run: object = None
    any_sequence: bool = False

    def __post_init__(self):
        self.mistakes = []
        self.__name__ = self.reference.__name__
        self.__doc__ = self.reference.__doc__
        self.variant_of = None  # the Exercise of which it is another version
        self.used = [0]  # how often the reference was called, a variant's included
        self.reference = self._counted(self.reference)

    def _counted(self, f):
        @functools.wraps(f)
        def counted(*args, **kwargs):
            self.used[0] += 1
            return f(*args, **kwargs)

        return f if isinstance(f, type) else counted

    def __call__(self, *args, **kwargs):
        return self.reference(*args, **kwargs)

    def mistake(self, diagnosis, **answers):
        """Declare known mistakes with this ``diagnosis``.

        Either one, the decorated function, or those given by name: one diagnosis may
        have several faces. Raises where a name or a diagnosis is taken, or a function
        takes other arguments than the reference.
        """
        if not str(diagnosis).strip():
            raise ValueError(f"{self}: a mistake has no diagnosis")
        if diagnosis in {known.diagnosis for known in self.mistakes}:
            raise ValueError(f"{self}: two mistakes with one diagnosis")

        def declare(answer, name=None):
            name = name or answer.__name__
            if _arity(answer) != _arity(self.reference):
                raise TypeError(
                    f"{self}: mistake {name} must take ({', '.join(self.parameters)}), "
                    "as the reference does"
                )
            if name in {known.name for known in self.mistakes}:
                raise ValueError(f"{self}: two mistakes named {name}")
            self.mistakes.append(Mistake(name, diagnosis, answer))
            return answer

        for name, answer in answers.items():
            declare(answer, name)
        return None if answers else declare

    def variant(self, diagnosis, public=None, **changed):
        """Declare the decorated function as the reference of another version.

        Args:
            diagnosis: what to tell who hands in the public solution.
            public: that solution, where the variant takes other arguments.
            changed: options of :func:`exercise` that are not as here.

        Where the ``inputs`` are changed, the ``edge_cases`` are forgotten.
        """
        if "inputs" in changed:
            changed = {"edge_cases": (), **changed}
        kept = {each.name: getattr(self, each.name) for each in fields(self)[1:]}

        def declare(reference):
            made = exercise(**kept | changed)(reference)
            made.variant_of, made.used = self, self.used
            made.mistake(diagnosis, **{PUBLIC: public or self.reference})
            return made

        return declare

    @property
    def variants(self):
        """Its variants, by name."""
        found = map(find, self.lesson.variants)
        return {each.__name__: each for each in found if each.variant_of is self}

    @property
    def uses(self):
        """How often its reference was called, or that of a variant, by whomever."""
        return self.used[0]

    @cached_property
    def parameters(self):
        """The names of the reference's parameters."""
        return tuple(inspect.signature(self.reference).parameters)

    @cached_property
    def given(self):
        """The names of the inputs: ``run``'s if there is one, else the parameters."""
        if self.run:
            return tuple(inspect.signature(self.run).parameters)[1:]
        return self.parameters

    @cached_property
    def silent(self):
        """Whether the reference returns nothing: only what it changes is compared."""
        return self.call(self.reference, self.cases()[0]) is None

    def cases(self, seed=None):
        """The inputs to try: the edge cases, then ``trials`` random ones.

        Without ``seed`` they are the same every time: they follow from the name.
        """
        key = zlib.crc32(self.__name__.encode())
        rng = np.random.default_rng([key] if seed is None else [key, seed])
        cases = [*deepcopy(self.edge_cases)]
        cases += [self.inputs(rng) for _ in range(self.trials)]
        for case in cases:
            if not isinstance(case, tuple) or len(case) != len(self.given):
                raise TypeError(
                    f"{self}: inputs must give a tuple of ({', '.join(self.given)}), "
                    f"got {case!r}"
                )
        return cases

    def call(self, f, case):
        """``f`` on the inputs ``case``, the way this exercise calls it.

        Warnings are silent: what they would say of a number, ``check`` says.
        """
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            return self.run(f, *case) if self.run else f(*case)

    def validate(self):
        """Raise where the declaration is incomplete; returns the exercise."""
        count = len({mistake.diagnosis for mistake in self.mistakes})
        if count < FEWEST_MISTAKES:
            raise ValueError(
                f"{self} has {count} known mistakes, at least "
                f"{FEWEST_MISTAKES} are needed: what do learners get wrong here?"
            )
        return self

    def __repr__(self):
        return f"exercise {self.__name__} ({self.lesson.title})"


def exercise(*, section, inputs, lesson=None, **options):
    """Declare the decorated function as the reference of an exercise.

    Args:
        section: the heading to read again after a wrong answer.
        inputs: ``inputs(rng)`` gives one random tuple of arguments.
        lesson: where the declaration lies in no lesson's folder, the Lesson; or its
            number, folder or title.
        edge_cases: tuples of arguments that are tried first.
        trials: how many random inputs are tried (1 where there are no arguments).
        rtol, atol: how near an answer must come, per entry. An answer in a lower
            precision than the reference is allowed its own rounding.
        returns: what is returned, for messages: a phrase (``"the loss, a number"``),
            or a tuple with one name for each value that is returned.
        choices: where the answer is one of several words, all of them.
        compare: ``compare(answer, expected)``: whether the answer is right, where
            equal numbers are not the criterion (an eigenvector has two signs).
        run: ``run(f, *arguments)``: what is compared, where it is not ``f``'s return
            value (a class to be put to use, a function to be called many times).
        any_sequence: whether a list will do where the reference returns an array; else
            it is refused, since what follows may need an array's methods.

    Inputs that the reference changes in place are compared too; inputs that it leaves
    alone must be left alone. Raises where the declaration is incomplete.
    """

    def declare(reference):
        name = reference.__name__
        where = lesson or lesson_of(reference.__module__)
        with contextlib.suppress(LookupError):
            where = course.lesson(where)
        if not (reference.__doc__ or "").strip():
            raise ValueError(f"exercise {name} has no docstring: what must it return?")
        if not isinstance(where, Lesson):
            raise ValueError(f"exercise {name} belongs to no lesson: {where!r}")
        if not section:
            raise ValueError(f"exercise {name}: which section is to be read again?")
        if not callable(inputs):
            raise TypeError(
                f"exercise {name}: inputs must be a function of a random generator, "
                f"got {type(inputs).__name__}"
            )
        declared = Exercise(reference, where, section, inputs, **options)
        if not declared.given:  # one answer to one question
            declared.trials = 1
        return declared

    return declare


def find(name):
    """The exercise or variant of this name; its file is imported if it was not before.

    A variant's name may be preceded by its exercise's: "he_std:inputs_first_std".
    """
    whole, _, name = name.rpartition(":")
    found = [
        (lesson, room)
        for lesson in LESSONS
        for room in ("exercises", "variants")
        if name in getattr(lesson, room)
    ]
    if not found:
        known = [each for lesson in LESSONS for each in lesson.exercises]
        near = difflib.get_close_matches(name, known, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise LookupError(
            f"there is no exercise named {name!r}: check() goes by the name of the "
            f"function, as the exercise gives it.{hint}"
        )
    if len(found) > 1:
        folders = " and ".join(lesson.folder for lesson, _ in found)
        raise ValueError(f"two exercises are named {name}: {folders} have one")
    ((lesson, room),) = found
    room = "exercises" if room == "exercises" else "exercises.variants"
    declared = getattr(lesson.module(f"{room}.{name}"), name, None)
    if not isinstance(declared, Exercise):
        file = f"{room.replace('.', '/')}/{name}.py"
        raise ValueError(f"{lesson.folder}/{file} declares no exercise named {name}")
    if whole and (declared.variant_of is None or declared.variant_of.__name__ != whole):
        known = ", ".join(find(whole).variants) or "none"
        raise LookupError(f"{name} is no variant of {whole}, which has: {known}")
    return declared.validate()


def reference(name):
    """The course's own function for the exercise ``name``.

    Raises LookupError where there is no such exercise.
    """
    return find(name).reference


def all_exercises():
    """Every exercise of the course, by lesson."""
    return [find(name) for lesson in LESSONS for name in lesson.exercises]


def all_variants():
    """Every variant of an exercise, by lesson."""
    return [find(name) for lesson in LESSONS for name in lesson.variants]


def _arity(f):
    return len(inspect.signature(f).parameters)
