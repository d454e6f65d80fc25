"""From a lesson's source to its notebooks: convert, build, lint, ledger.

convert.py makes the learner's notebook and the solved one, build.py executes them,
lint.py finds what would not hold, ledger.py writes the README's tables.
"""
