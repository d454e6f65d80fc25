import sys

from dlcourse.classroom.command import main

if __name__ == "__main__":
    sys.exit(main())
