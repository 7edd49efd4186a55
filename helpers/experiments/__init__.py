"""What single lessons measure, and the small worlds in which they measure it.

Belongs here: tasks made for one lesson, controls, scores, and measurements beside its subject, under a name that says
what one sees. Does not: what several lessons train (models/), what is drawn (figures/).
"""
