print("The final shaken runs are made centrally from now on, on the merged notebooks (the two cores were too busy).\n"
      "Do not run it again. Leave tests/shaken.py as it is (do not commit it). Commit what you have and send your report now.")
