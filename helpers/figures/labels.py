"""Words beside the spots of a map, so that none covers another."""


def name_spots(axes, spots, star, strong, edges):
    """Write each word beside its spot, where it covers no other word, no spot and none of the points along the edges."""
    figure = axes.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    scale = figure.dpi / 72
    at = {word: axes.transData.transform(spot) for word, spot in spots.items()}
    blocks = [
        (x - 8 * scale, y - 8 * scale, x + 8 * scale, y + 8 * scale)
        for x, y in [*at.values(), axes.transData.transform(star)]
    ]
    blocks += [(x - 3, y - 3, x + 3, y + 3) for x, y in axes.transData.transform(edges)]
    inside = axes.get_window_extent(renderer)
    ways = [(11, 0, "left"), (-11, 0, "right"), (0, 13, "center"), (0, -13, "center"), (11, 12, "left"), (11, -12, "left"),
            (-11, 12, "right"), (-11, -12, "right"), (0, 25, "center"), (0, -25, "center"), (14, 24, "left"), (14, -24, "left"),
            (-14, 24, "right"), (-14, -24, "right"), (0, 38, "center"), (0, -38, "center")]  # fmt: skip
    for word, (x, y) in at.items():
        colour = "#111111" if word in strong else "#666666"
        text = axes.annotate(word, spots[word], (0, 0), textcoords="offset points", fontsize=9.5, color=colour, va="center")
        size = text.get_window_extent(renderer)
        tried = []
        for dx, dy, side in ways:
            left = x + dx * scale - {"left": 0, "right": size.width, "center": size.width / 2}[side]
            block = (left - 2, y + dy * scale - size.height / 2 - 1, left + size.width + 2,
                     y + dy * scale + size.height / 2 + 1)
            out = block[0] < inside.x0 or block[2] > inside.x1 or block[1] < inside.y0 or block[3] > inside.y1
            own = (x - 8 * scale, y - 8 * scale, x + 8 * scale, y + 8 * scale)
            hits = sum(_meet(block, other) for other in blocks if other != own)
            tried.append((hits + 2 * out, len(tried), dx, dy, side, block))
            if hits + out == 0:
                break
        _, _, dx, dy, side, block = min(tried)
        text.set_position((dx, dy))
        text.set_ha(side)
        blocks.append(block)


def _meet(one, two):
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
