"""The tests. `test_X.py` tests helpers' `X.py`; the others:

    test_notebooks.py    the committed notebooks: executed, readable, nothing of anybody's machine (nbval compares their outputs)
    measured.py          how far a measured number may be off; pictures.py: a figure
    figure_checks.py     what every figure has to keep to
    test_exercises.py    every exercise: its function, its blank, its mistakes; mutants.py: random wrong answers, on demand
    lessons.py           which tests belong to one lesson (`python start.py test 04`)
    shaken.py            the notebooks under other arithmetic (`… test shaken`), jitter/: floats changed in their tenth digit
    times.py             what each notebook costs (`… test time`); bench/: how fast the layers are
    browser/             a real JupyterLab in a real browser (`… test browser`)
    handed_in.py         a class that was never there, for grading
"""
