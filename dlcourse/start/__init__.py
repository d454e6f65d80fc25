"""The command ``dlcourse``: from an installed package to an open lesson.

command.py reads the command line, folder.py fills a folder of the learner's own from
the built lessons, notebook.py knows what in a notebook is the learner's, server.py
opens JupyterLab.
"""
