"""From a lesson's source to its notebooks, for who writes lessons.

convert.py makes the learner's notebook and the solved one, anywhere.py adds what Colab
needs and marks what needs PyTorch, execute.py runs a notebook reproducibly, compare.py
knows what may differ between two runs, build.py builds what has changed and checks what
is committed. lint.py applies the table of rules in rules/ to lessons; ledger.py writes
CLAIMS.md, readme.py the README's tables; guard.py is for pytest, where nbval runs the
notebooks again.
"""
