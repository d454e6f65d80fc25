"""What stops a command."""


class Problem(Exception):
    """What is wrong and what to do about it, in whole sentences."""
