"""What this kernel knows of its learner: the notebooks that were opened, the verdicts, which function stands under which name."""

verdicts = {}  # exercise -> its last Verdict
hints_shown = {}  # exercise -> how many
notebooks = []  # the stems of those that were opened here
bound = {}  # name -> the function that the notebook runs under it
brought_back = {}  # exercise -> whose answer `reuse` gave back, in words


class _Todo:
    """What stands in the blanks of an exercise."""

    def __repr__(self):
        return "TODO"


TODO = _Todo()
