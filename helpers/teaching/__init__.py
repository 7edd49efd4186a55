"""What a teacher calls, from the command line: grade what was handed in, pack the course.

Belongs here: files of other people, how they are read and how their code is kept in its place, the tables of a class. Does not:
what decides that an answer is right (checking/), what one learner sees (learner/).

    grade.py             python start.py grade
    handins.py           which files, and whose they are
    reading.py           the answers in a file
    grading.py           all of them, side by side, by student
    checking_answers.py  one of them
    apart.py             a process of its own for each; locks.py shuts it in
    tables.py            a row for each student, and the mistakes of the class
    pack.py              python start.py pack
"""
