"""Memory that is let go stays at hand: the next step needs as much again.

A training step makes large arrays and drops them. glibc, the C library of most Linux
systems, gives such memory back to the system at once, and the system has to hand out
each page of it anew, zeroed, in the next step: for a small convolutional network that
takes longer than its arithmetic. But glibc learns. When a large block is freed, it
keeps blocks of up to that size from then on, and twice as much in all (mallopt(3),
M_MMAP_THRESHOLD), to at most 32 MB and 64 MB. So it is shown one, which is never
touched and takes no memory. Elsewhere this does nothing.
"""

import numpy as np

LARGEST = 2**25 - 2**13  # bytes: from 32 MB on, glibc does not learn


def keep_what_is_freed():
    """Make and free a block of the largest size that glibc learns from."""
    np.empty(LARGEST, np.uint8)
