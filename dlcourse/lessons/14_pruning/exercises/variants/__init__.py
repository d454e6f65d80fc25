"""Other versions of the exercises, which no lesson poses: see ``Exercise.variant``."""
