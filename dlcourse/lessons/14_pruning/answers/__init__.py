"""What the exercises of lesson 14 are tried on, and the parts of answers."""
