"""Shake what NumPy's random generators give by its last digits: put this folder on PYTHONPATH and set COURSE_JITTER=SEED.

Python runs this file when it starts, before any cell. Every random float x becomes x (1 + 1e-9 ε), with ε from a generator
of its own: too little for anybody to see, enough to make another run of a training. That stands for the processors, kernels
and compilers that one does not have. Integers, permutations and choices stay as they are.
"""

import os

if os.environ.get("COURSE_JITTER"):
    import functools
    import zlib

    import numpy as np

    SIZE = 1e-9
    SEED = int(os.environ["COURSE_JITTER"])
    _Plain = np.random.Generator
    _FLOATS = """beta chisquare dirichlet exponential f gamma gumbel laplace logistic lognormal multivariate_normal
        noncentral_chisquare noncentral_f normal pareto power random rayleigh standard_cauchy standard_exponential
        standard_gamma standard_normal standard_t
        triangular uniform vonmises wald weibull""".split()

    def _shaken(draw):
        @functools.wraps(draw)
        def method(*args, **named):
            x = draw(*args, **named)
            if isinstance(x, np.ndarray):
                x *= (1 + SIZE * args[0].noise.standard_normal(x.shape)).astype(x.dtype)
                return x
            return type(x)(x * (1 + SIZE * args[0].noise.standard_normal()))

        return method

    class Generator(_Plain):
        """NumPy's Generator, its floats shaken: the same seed gives the same numbers again, as on any one machine."""

        def __init__(self, bit_generator):
            super().__init__(bit_generator)
            state = zlib.crc32(repr(bit_generator.state).encode())
            self.noise = _Plain(np.random.PCG64([SEED, state]))

    for _name in _FLOATS:
        setattr(Generator, _name, _shaken(getattr(_Plain, _name)))

    _default_rng = np.random.default_rng

    @functools.wraps(_default_rng)
    def default_rng(seed=None):
        if isinstance(seed, Generator):
            return seed
        return Generator(_default_rng(seed).bit_generator)

    np.random.Generator, np.random.default_rng = Generator, default_rng
