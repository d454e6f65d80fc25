"""Which students share wrong code that few others have."""

import builtins
import hashlib
import io
import itertools
import keyword
import math
import random
import tokenize
from collections import Counter, defaultdict

__all__ = ["pairs", "shape"]

SHUFFLES = 200
FEWEST = 2  # exercises that a pair must share
KEPT = {*keyword.kwlist, *dir(builtins)}
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT}
LAYOUT |= {tokenize.DEDENT, tokenize.ENDMARKER}


def shape(source):
    """A digest of code in which comments, docstrings, layout and names do not count.

    Its tokens are read, nothing is parsed: the code may be anybody's.
    """
    names, parts, before = {}, [], "\n"
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            text = token.string
            if token.type in LAYOUT:
                before = "\n" if token.type != tokenize.COMMENT else before
                continue
            if token.type == tokenize.STRING and before == "\n":
                continue  # a docstring
            if token.type == tokenize.NAME and before != "." and text not in KEPT:
                text = names.setdefault(text, f"name{len(names)}")
            parts.append(text)
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        parts = source.split()
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def pairs(wrong, students):
    """([{"students", "bits", "exercises"}], the bits that chance has in 1 of 20).

    Args:
        wrong: {exercise: {student: shape of the wrong code}}.
        students: how many are in the class.

    Code that k of n students have in common is worth log2(n / k) bits. For chance, the
    codes are dealt anew among those who were wrong in each exercise.
    """
    found = _pairs(wrong, students)
    rng, most = random.Random(0), []
    for _ in range(SHUFFLES):
        dealt = {}
        for name, codes in wrong.items():
            values = list(codes.values())
            rng.shuffle(values)
            dealt[name] = dict(zip(codes, values, strict=True))
        most.append(max((each["bits"] for each in _pairs(dealt, students)), default=0))
    return found, sorted(most)[math.ceil(0.95 * SHUFFLES) - 1]


def _pairs(wrong, students):
    bits, shared = Counter(), defaultdict(list)
    for name, codes in wrong.items():
        groups = defaultdict(list)
        for student, code in codes.items():
            groups[code].append(student)
        for group in groups.values():
            for pair in itertools.combinations(sorted(group), 2):
                bits[pair] += math.log2(students / len(group))
                shared[pair].append(name)
    found = [
        {"students": list(pair), "bits": round(bits[pair], 2), "exercises": names}
        for pair, names in shared.items()
        if len(names) >= FEWEST
    ]
    return sorted(found, key=lambda each: (-each["bits"], each["students"]))
