"""Learning new classes from one example each: a net that embeds, a memory that is written while it reads.

Vinyals et al. (2016), Matching Networks for One Shot Learning; the attractor memory is that of
https://github.com/PCJohn/attractors.
"""

from __future__ import annotations

from hippo.few_shot.attractor import AttractorMemory, Rule, recall, write
from hippo.few_shot.convnet import ConvNet
from hippo.few_shot.episodes import Episodes, by_class, draw_episodes, split_classes
from hippo.few_shot.evaluation import Accuracy, Answer, accuracies, nearest_pixels
from hippo.few_shot.learner import ARMS, Arm, Learner, Settings
from hippo.few_shot.readout import attend, attention_loss, ceiling, prototype_scores
from hippo.few_shot.shipped import SHIPPED, publish, shipped
from hippo.few_shot.training import Training, train

__all__ = [
    "ARMS",
    "SHIPPED",
    "Accuracy",
    "Answer",
    "Arm",
    "AttractorMemory",
    "ConvNet",
    "Episodes",
    "Learner",
    "Rule",
    "Settings",
    "Training",
    "accuracies",
    "attend",
    "attention_loss",
    "by_class",
    "ceiling",
    "draw_episodes",
    "nearest_pixels",
    "prototype_scores",
    "publish",
    "recall",
    "shipped",
    "split_classes",
    "train",
    "write",
]
