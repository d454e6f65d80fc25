"""For instructors: what a class hands in, graded in isolation, in ``check``'s words."""
