"""What the exercises of lesson 12 are tried on, and the parts of answers."""
