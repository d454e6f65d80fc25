"""The course's exercises, one module a lesson; see ``dlcourse.teach.exercise``."""
