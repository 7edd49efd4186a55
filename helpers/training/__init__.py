"""How a net is trained, and how one knows that its gradient is right.

Belongs here: the loop, the optimisers, batches, parameters of several layers as one dict, the numerical gradient. Does not: a net
(models/), a layer (layers/).
"""

from .bars import tqdm
from .batches import shuffled_batches, text_batches
from .gradients import gradient_errors, numerical_gradient, relative_error
from .loop import History, TrainingStopped, fit, linear_decay, train_on, warm_up
from .optimisers import SGD, Adam, clip_by_global_norm
from .parameters import collect_grads, collect_params

__all__ = [
    "SGD",
    "Adam",
    "History",
    "TrainingStopped",
    "clip_by_global_norm",
    "collect_grads",
    "collect_params",
    "fit",
    "gradient_errors",
    "linear_decay",
    "numerical_gradient",
    "relative_error",
    "shuffled_batches",
    "text_batches",
    "tqdm",
    "train_on",
    "warm_up",
]
