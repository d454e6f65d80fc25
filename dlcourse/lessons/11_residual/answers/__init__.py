"""What the exercises of lesson 11 are tried on, and the parts of answers."""
