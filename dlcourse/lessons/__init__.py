"""One folder per lesson, with all that belongs to it; ``course.toml`` lists the course.

    NN_topic/
        lesson.md       the source, MyST Markdown; the notebooks are built from it
        claims.toml     what the lectures assert and this lesson settles
        quiz.toml       its questions
        exercises/      one file each, named as the exercise
        fixtures.py     what exercises share, and what a lesson gives to debug
        measured.json   run time and memory of the last build, and what it was made of

The name of a folder begins with a digit, so that a listing shows the order of lessons:
``dlcourse.teach.course`` and ``dlcourse.teach.exercise`` find what is in it.
"""
