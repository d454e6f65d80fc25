"""The exercises, one file each, named as the exercise."""
