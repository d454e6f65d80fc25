"""What the exercises of lesson 13 are tried on, and the parts of answers."""
