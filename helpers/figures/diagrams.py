"""Boxes, arrows and labels that the course's diagrams are made of."""

from helpers.figures.style import COLOURS, PALE, course_style


def new_diagram(width, height, right, top):
    """Return (figure, axes) without axes lines, in a plane from (0, 0) to (right, top) with equal units."""
    from matplotlib import pyplot

    with course_style():
        figure, axes = pyplot.subplots(figsize=(width, height))
        axes.set_xlim(0, right)
        axes.set_ylim(0, top)
        axes.set_aspect("equal")
        axes.axis("off")
    figure.boxes = []  # (patch, text) pairs: a test looks that no text runs over its box
    return figure, axes


def box(axes, x, y, text="", *, kind="state", width=0.8, height=0.8, lit=True, size=10, round_=False):
    """Draw a box centred on (x, y) and return it. kind: "input", "state", "output" or "quiet", which gives its colour."""
    from matplotlib.patches import Circle, FancyBboxPatch

    face, edge = (PALE[kind], COLOURS[kind]) if lit else ("white", "#CFCFCF")
    if round_:
        patch = Circle((x, y), width / 2, facecolor=face, edgecolor=edge, linewidth=1.4, zorder=3)
    else:
        pad = 0.06
        patch = FancyBboxPatch((x - width / 2 + pad, y - height / 2 + pad), width - 2 * pad, height - 2 * pad,
                               boxstyle=f"round,pad={pad},rounding_size=.12", facecolor=face, edgecolor=edge,
                               linewidth=1.4, zorder=3)
    axes.add_patch(patch)
    if text:
        label = axes.text(
            x, y, text, ha="center", va="center", fontsize=size, zorder=4, color="#222222" if lit else "#9A9A9A"
        )
        axes.figure.boxes.append((patch, label))
    return patch


def arrow(axes, start, end, *, colour=COLOURS["quiet"], bend=0.0, width=1.4, style="-|>"):
    """Draw an arrow between two points."""
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        zorder=2,
        arrowprops={"arrowstyle": style, "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0,
                    "mutation_scale": 11, "connectionstyle": f"arc3,rad={bend}"},
    )


def label(axes, x, y, text, *, size=10, colour="#222222", ha="center", va="center", weight="normal"):
    """Write text in a diagram."""
    return axes.text(x, y, text, fontsize=size, color=colour, ha=ha, va=va, zorder=4, fontweight=weight)
