# %% [markdown]
# # The hippocampus as a memory
#
# You remember where you parked this morning, although you saw the place only once and although half of it is hidden by
# a lorry when you come back. Something in your head stored a pattern in one go, and completes it from a fragment.
# This assignment follows the idea that the hippocampus is such a memory, through four models:
#
# 1. **what the hippocampus is for** (three short texts);
# 2. **Hopfield networks** that store pictures in the connections of a recurrent network, by two learning rules;
# 3. **an autoencoder** that learns a compressed code for pictures, and the same autoencoder as a model of how an animal
#    learns that two stimuli belong together before either of them matters (*sensory preconditioning*).
#
# | question | asks for | marks |
# |---|---|---|
# | 1.a, 1.b, 1.c | three short texts | 2 + 2 + 2 |
# | 2.a | Hopfield network, outer-product rule | 2 |
# | 2.b | Hopfield network, pseudo-inverse rule | 2 |
# | 2.c | completing half a picture | 1 |
# | 3.1 | autoencoder | 2 |
# | 3.2 | a comparison in words | 1 |
# | 3.3 | sensory preconditioning | 1 |
# | bonus | an unreliable stimulus | 1 |
#
# **How it works.** You complete *functions*; cells below them call your functions on real data, and in *figures* cells
# you draw what came out. `check("2.a")` tells you at once whether the functions of question 2.a hold on small examples;
# after the deadline the same functions are called with other inputs. So use the arguments that a function receives and
# nothing else: no sizes that happen to fit the pictures at hand, and no variables of the experiment cells. You may add
# cells and functions of your own. Never change what a caller handed you (`x = x.clone()` makes a copy of your own).
#
# **Reading.**
#
# * E. R. Kandel, J. H. Schwartz, T. M. Jessell, *Principles of Neural Science*, chapter 65 (learning and memory).
# * M. A. Gluck and C. E. Myers, *Gateway to Memory*, chapter 6 (the cortico-hippocampal model).
# * I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, section 15.1 (unsupervised pre-training).
# * J. J. Hopfield, *Neural networks and physical systems with emergent collective computational abilities*, PNAS 1982.

# %%
import math
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch

# %% [markdown]
# ---
# # 1 The hippocampus
#
# ## Question 1.a: what is it for? (2 marks)
#
# Two claims are made about the hippocampus: that it serves **spatial navigation**, and that it serves **episodic
# memory**. What is the evidence? Use at least one observation of each of these kinds, and say for each which claim it
# supports and why: patients with lesions, experiments with rodents, brain imaging in healthy people, recordings from
# single cells. About 200 words. (Kandel et al., chapter 65)

# %% [markdown] id="answer-1-a" role="written" question="1.a"
# ### BEGIN SOLUTION
# **Lesions.** In 1953 the patient H.M. lost the medial temporal lobe on both sides, most of the hippocampus included.
# From then on he could keep no new episode or fact for longer than his attention held it, while his intelligence, his
# span of immediate memory, most of his childhood memories and his ability to learn skills (drawing in a mirror) were
# spared: storing new *episodes* and facts needs this region, other kinds of memory do not. H.M.'s lesion was large. R.B.'s
# was not: an ischaemia destroyed the field CA1 alone, and he had the same kind of amnesia, milder. So damage that is
# confined to the hippocampus is enough.
#
# **Rodents.** A rat with hippocampal lesions cannot learn where a hidden platform lies in a water maze, although it
# swims to a visible one as well as any other: what is lost is *navigation* by a map of places, not swimming, seeing or
# wanting to get out. Mice without NMDA receptors in CA1 have little long-term potentiation there, blurred place fields, and
# the same deficit.
#
# **Single cells.** Pyramidal cells of the rat's hippocampus fire when the animal is at one place, whichever way it looks
# (O'Keefe and Dostrovsky, 1971); together such *place cells* tell where the animal is, and they remap when it enters another room.
# The input from entorhinal cortex holds grid cells. This is evidence for a map.
#
# **Imaging.** The right hippocampus is active when London taxi drivers recall a complex route, and its posterior part is
# larger the longer they have driven: *navigation*, in humans. Activity in the medial temporal lobe while somebody sees a
# word or picture predicts whether it will be remembered later: *episodic memory*.
#
# The two claims need not compete: an episode is something that happened at a place, and both need a rapid binding of things that
# occurred together.
# ### END SOLUTION

# %% [markdown]
# ## Question 1.b: a model and its limits (2 marks)
#
# In Gluck and Myers' cortico-hippocampal model the hippocampal region is an autoencoder: it learns to reproduce its
# inputs, and in doing so finds a hidden code that compresses what is redundant and separates what predicts different
# outcomes. A cortical network then borrows that code to learn responses. The model explains many effects of lesions on
# conditioning. What can it *not* explain? Describe at least two limits, each with an experiment or phenomenon that the
# model misses and the reason in its construction. About 150 words. (Gluck and Myers, chapter 6)

# %% [markdown] id="answer-1-b" role="written" question="1.b"
# ### BEGIN SOLUTION
# **No episodes, no places.** The model learns associations between stimuli and one outcome, gradually, over tens or
# hundreds of trials. It has no way to store a single event and to recall it later from a part, which is what H.M. could
# not do, nor anything like a map: declarative recall and spatial navigation, the two best known functions of the
# region, are outside of it.
#
# **No time.** A trial is one input vector; nothing happens *within* a trial. So there is no difference between delay
# conditioning and trace conditioning, in which the stimulus ends before the outcome begins, although just the trace
# version is impaired by hippocampal lesions, and the model says nothing about when the response is given.
#
# **Weak extinction and habituation.** It does not account well for what lesions do to extinction and to habituation: unlearning is
# learning backwards in the model, whereas an animal keeps the old association (it recovers spontaneously) and learns
# in addition that it does not hold here and now.
#
# **Little anatomy.** One hidden layer trained by error back-propagation stands for entorhinal cortex, dentate gyrus, CA3
# and CA1. The recurrent connections of CA3, the sparse code of the dentate gyrus and the modulation by acetylcholine are absent, and so are
# lesions that are confined to one of them.
# ### END SOLUTION

# %% [markdown]
# ## Question 1.c: pre-training, then and now (2 marks)
#
# Learning without a teacher first, and only then with one, is integral to that model: the hippocampal code is formed
# whether or not an outcome follows. Deep learning once began in the same way, with *unsupervised pre-training* layer by layer.
# Why is it rare today? Give at least two reasons, and say in which situation it still pays. About 150 words.
# (Goodfellow et al., section 15.1)

# %% [markdown] id="answer-1-c" role="written" question="1.c"
# ### BEGIN SOLUTION
# Pre-training helped deep networks because it started them in a good region of parameters and acted as a regulariser.
# Both needs have other answers today:
#
# * With large labelled data sets, rectified units, better initialisation, batch normalisation and dropout, a deep network can be trained with the labels
#   from the start, and ends up at least as good. On medium-sized data sets it beats pre-training; on very small ones
#   Bayesian methods do.
# * Two phases of training have two sets of hyperparameters. The effect of those of the first phase is seen only after the second, which makes
#   them slow to tune, and there is no single knob for how strongly pre-training regularises, as the coefficient of a penalty would be. In one phase, the supervised and the unsupervised cost can be
#   weighed against each other.
# * It helps only if what explains the inputs also explains the outputs. Features that are good for
#   reconstruction may be useless for the task, and pre-training then does harm.
# * Where pre-training is used, it is often supervised: a network trained on a large labelled set is carried over to the small one.
#
# It still pays where labels are few and unlabelled examples abound: above all for language, where representations of
# words are learnt from huge amounts of plain text. That is also an animal's situation: outcomes are rare, stimuli are not.
# ### END SOLUTION

# %% [markdown]
# ---
# # 2 Hopfield networks
#
# A Hopfield network has $d$ units that are either up ($+1$) or down ($-1$), and a weight between each pair of them. A
# *pattern* is a state of all units, here a handwritten digit of $d = 28\times 28 = 784$ pixels, ink up and
# paper down. A cue is put into the units; then every unit looks at its *field*, the weighted sum of what the others
# do, and follows its sign:
#
# $$ \mathbf s \leftarrow \operatorname{sign}(W\mathbf s - \vartheta) . $$
#
# Repeat, and the state settles. If the weights are chosen so that stored patterns are fixed points, a damaged pattern runs back to the one it came
# from. Two ways to choose them are compared below.
#
# The data are digits 0, 1 and 2 of MNIST, *binarised*: a pixel with value $/\,255 > 0.5$ becomes $+1$, any other
# $-1$. The next cell loads them. Patterns are **rows**: `digits` has shape `(number of images, 784)`.

# %% id="data" role="experiment" question="2.a"
from autograder import check
from hippo import datasets, plotting

mnist = datasets.load_mnist(allow_bundled=True)
grey = datasets.flatten(datasets.only(mnist.x_train, mnist.y_train, (0, 1, 2)))  # (n, 784), value / 255
digits = torch.where(grey > 0.5, 1.0, -1.0)
print(f"{mnist.name}: {len(digits)} images of the digits 0, 1 and 2, {float((digits > 0).float().mean()):.0%} ink")


def compare(title: str, rows: list[tuple[str, float, torch.Tensor]]) -> None:
    """Print label, published figure, and mean and standard deviation of what was measured."""
    print(f"\n{title:<52} published | measured (s.d. of one draw)")
    for label, published, measured in rows:
        values = torch.as_tensor(measured).flatten()
        spread = f" ({values.std():.3f})" if len(values) > 1 else ""
        print(f"{label:<52} {published:>9g} | {values.mean():.4f}{spread}")


# %% [markdown]
# ## Question 2.a: the outer-product rule (2 marks)
#
# ### How many patterns fit?
#
# For patterns whose pixels are tossed by fair coins, theory bounds the number that can be stored and recalled without any
# error (McEliece et al., 1987):
#
# $$ C = \operatorname{round}\!\left(\frac{d}{2\log_2 d}\right) . $$

# %% id="network_capacity" role="answer" question="2.a"
def network_capacity(num_units: int) -> int:
    """Number of random patterns that a Hopfield network can hold.

        C = round(d / (2 log2 d))        (McEliece et al. 1987)

    Parameters
    ----------
    num_units
        d, the number of units, at least 2.

    Returns
    -------
    The capacity as a whole number, rounded to the nearest.

    Example
    -------
    For d = 256 units: log2(256) = 8 and 256 / (2 * 8) = 16, so `network_capacity(256)` is 16.
    """
    ### BEGIN SOLUTION
    return round(num_units / (2 * math.log2(num_units)))
    ### END SOLUTION


# %% [markdown]
# ### How far is the recalled picture from the right one?
#
# The mean squared error, over all $n$ pictures and all $d$ pixels,
#
# $$ \mathrm{MSE}(Y, \hat Y) = \frac{1}{n d}\sum_{i=1}^{n}\sum_{j=1}^{d} (y_{ij} - \hat y_{ij})^2 . $$
#
# Between pictures of $\pm 1$ a wrong pixel costs $2^2 = 4$. So the error runs from 0 (all right) over 2 (a coin toss) to
# 4 (the negative), and a quarter of it is the share of wrong pixels.

# %% id="mse" role="answer" question="2.a"
def mse(true_vals: torch.Tensor, pred_vals: torch.Tensor) -> torch.Tensor:
    """Mean squared error over all elements.

        MSE = mean of (y - y_hat)^2

    Parameters
    ----------
    true_vals
        y, of any shape.
    pred_vals
        y_hat, of the same shape.

    Returns
    -------
    One number (a tensor without dimensions).

    Example
    -------
    y = [[1, -1], [1, 1]] and y_hat = [[1, 1], [1, -1]] differ in two of four elements, by 2 each:
    the error is (0 + 4 + 0 + 4) / 4 = 2.
    """
    ### BEGIN SOLUTION
    return ((true_vals - pred_vals) ** 2).mean()
    ### END SOLUTION


# %% [markdown]
# ### Damaged cues
#
# Salt-and-pepper noise: in every picture, $\lfloor d\,p \rfloor$ pixels change their sign. Which ones is drawn anew for every
# picture, each pixel with the same chance and none twice. (`torch.randperm` and `torch.rand(...).argsort()` are
# ways to draw without replacement. Do not set a seed inside of the function: every call should bring new noise.)

# %% id="corrupt" role="answer" question="2.a"
def corrupt(images: torch.Tensor, p: float) -> torch.Tensor:
    """Flip the sign of exactly int(d * p) pixels of every image, drawn uniformly without replacement.

    Parameters
    ----------
    images
        Images of +1 and -1 as rows, shape (n, d). Is left as it was.
    p
        Share of the pixels to flip, from 0 to 1.

    Returns
    -------
    The damaged images, a new tensor of shape (n, d). Every row has its own flipped pixels.

    Example
    -------
    `corrupt(torch.ones(2, 5), 0.5)` flips int(2.5) = 2 pixels in either row; it may return
    [[1, -1, 1, 1, -1], [-1, -1, 1, 1, 1]].
    """
    ### BEGIN SOLUTION
    num_images, num_pixels = images.shape
    num_flips = int(num_pixels * p)
    order = torch.rand(num_images, num_pixels).argsort(1)  # (n, d), a random permutation in every row
    return torch.where(order < num_flips, -images, images)
    ### END SOLUTION


# %% [markdown]
# ### Learning: Hebb's rule around the mean
#
# Units that are up together should support each other. For training patterns $\mathbf x_1, \dots, \mathbf x_N$, the rows of an
# $N\times d$ matrix, let
#
# $$ D = \frac1N \sum_{i=1}^{N} (\mathbf x_i - \theta)(\mathbf x_i - \theta)^{\mathsf T},
#    \qquad W = D - \operatorname{diag}(D) , $$
#
# where $\theta$ is **one** number, the mean of *all* $N\,d$ elements of the training set, and $\operatorname{diag}(D)$ is the matrix that holds
# the diagonal of $D$ and zeros elsewhere: no unit has a connection with itself.
#
# Digits are mostly paper, so $\theta$ lies well below 0. What would $W$ look like without it?

# %% id="outer_product_hopfield_matrix" role="answer" question="2.a"
def outer_product_hopfield_matrix(training_patterns: torch.Tensor) -> torch.Tensor:
    """Weights of the outer-product rule.

        D = 1/N sum_i (x_i - theta)(x_i - theta)^T,    W = D - diag(D)

    Parameters
    ----------
    training_patterns
        x_1 ... x_N as rows, +1 and -1, shape (N, d). Is left as it was.

    Returns
    -------
    W, shape (d, d): symmetric, with zeros on the diagonal. theta is the mean over all elements of
    `training_patterns` (one number).

    Example
    -------
    One pattern [1, 1, -1, -1] has theta = 0, and D = x x^T has a diagonal of ones, so W =
    [[0, 1, -1, -1], [1, 0, -1, -1], [-1, -1, 0, 1], [-1, -1, 1, 0]].
    """
    ### BEGIN SOLUTION
    num_patterns = training_patterns.shape[0]
    theta = training_patterns.mean()
    centred = training_patterns - theta
    D = centred.T @ centred / num_patterns  # (d, d), the sum of the N outer products
    return D - torch.diag(torch.diag(D))  # the inner diag takes the diagonal, the outer one makes a matrix of it
    ### END SOLUTION


# %% [markdown]
# ### Recall
#
# One *step* updates all units at once (*synchronously*). Start with the cue as a **column** of shape
# `(d, 1)`, take exactly `num_iters` steps, and, if you are given the training patterns, note after every step how similar the
# state is to each of them: the inner products $\mathbf x_i^{\mathsf T}\mathbf s$, which are $d$ for the pattern itself and $-d$
# for its negative.
#
# A cue of another shape would not fail: `(d,)` and `(d, k)` go through the products and give nonsense later on. So refuse it here: `raise ValueError(...)` with a sentence that tells the shape that came.
#
# (`torch.sign` is 0 where the field is exactly at the threshold. This hardly ever happens with pictures, and what you do then is up to you.)

# %% id="evaluate_hopfield_network" role="answer" question="2.a"
def evaluate_hopfield_network(
    W: torch.Tensor,
    input_pattern: torch.Tensor,
    training_patterns: torch.Tensor | None = None,
    num_iters: int = 5,
    threshold: float = 0,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Recall: update all units `num_iters` times, starting from a cue.

        s <- sign(W s - threshold)

    Parameters
    ----------
    W
        Weights, shape (d, d).
    input_pattern
        The cue, one column of +1 and -1, shape (d, 1). Is left as it was.
    training_patterns
        Patterns to compare the state with, as rows, shape (N, d), or None.
    num_iters
        Number of steps, at least 1. All of them are taken, also when the state stands still.
    threshold
        What a unit's field has to exceed for the unit to be up.

    Returns
    -------
    The pair (state, similarities). `state` is the last state, a column of shape (d, 1). `similarities` has shape
    (num_iters, N); its row t holds training_patterns @ s after step t. It is None if there are no training patterns.

    Raises
    ------
    ValueError
        If `input_pattern` is not a single column.

    Example
    -------
    W = [[0, 1], [1, 0]] swaps two units. From the column [[1], [-1]], two steps lead to [[-1], [1]] and back to
    [[1], [-1]]; with the one training pattern [[1, -1]] the similarities are [[-2], [2]].
    """
    ### BEGIN SOLUTION
    if input_pattern.ndim != 2 or input_pattern.shape[1] != 1:
        raise ValueError(f"input_pattern must be one column of shape (d, 1), not {tuple(input_pattern.shape)}")
    state = input_pattern
    similarities = []
    for _ in range(num_iters):
        state = torch.sign(W @ state - threshold)
        if training_patterns is not None:
            similarities.append(training_patterns @ state)  # (N, 1)
    if training_patterns is None:
        return state, None
    return state, torch.cat(similarities, dim=1).T  # (num_iters, N)
    ### END SOLUTION


# %% [markdown]
# ### Measuring
#
# Three questions remain, and each becomes a function.
#
# * *What does the network make of a whole set of cues?* `recall_error` recalls every cue and compares the results with the pictures that should have come out.
# * *How does that change with the number of stored patterns?* `error_by_count`.
# * *How does it change with damage to the cues?* `error_by_noise`.
#
# And since an average over one accidental choice of pictures says little: `draw_sets` draws pictures for training and *other* ones for
# testing. A test picture that has been stored is not a test.

# %% id="draw_sets" role="answer" question="2.a"
def draw_sets(images: torch.Tensor, num_train: int, num_test: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw a training set and a test set at random; no image is drawn twice.

    Parameters
    ----------
    images
        All images as rows, shape (n, d), with n >= num_train + num_test.
    num_train, num_test
        Sizes of the two sets.

    Returns
    -------
    The pair (train, test), of shapes (num_train, d) and (num_test, d): rows of `images`, each with the same chance to
    be drawn, no row twice and none in both sets. Every call draws anew.

    Example
    -------
    `draw_sets(torch.tensor([[1.0], [2.0], [3.0], [4.0]]), 2, 1)` may return ([[3.0], [1.0]], [[4.0]]).
    """
    ### BEGIN SOLUTION
    order = torch.randperm(images.shape[0])
    return images[order[:num_train]], images[order[num_train : num_train + num_test]]
    ### END SOLUTION


# %% id="recall_error" role="answer" question="2.a"
def recall_error(
    W: torch.Tensor, cues: torch.Tensor, targets: torch.Tensor, num_iters: int = 1, threshold: float = 0
) -> torch.Tensor:
    """Mean squared error between what a network recalls from cues and what it should recall.

    Parameters
    ----------
    W
        Weights, shape (d, d).
    cues
        Start states as *rows*, shape (n, d): each is recalled on its own.
    targets
        What should come out, shape (n, d); row i belongs to cue i.
    num_iters, threshold
        As in `evaluate_hopfield_network`.

    Returns
    -------
    One number: the mean of (target - recalled)^2 over all rows and all units.

    Example
    -------
    W = [[0, 1], [1, 0]] swaps two units. From the cues [[1, -1], [1, 1]] one step recalls [[-1, 1], [1, 1]]; against the
    targets [[1, -1], [1, 1]] the error is (4 + 4 + 0 + 0) / 4 = 2, and after two steps it is 0.
    """
    ### BEGIN SOLUTION
    recalled = [
        evaluate_hopfield_network(W, cue.reshape(-1, 1), num_iters=num_iters, threshold=threshold)[0] for cue in cues
    ]
    return mse(targets, torch.cat(recalled, dim=1).T)  # columns (d, n) back to rows (n, d)
    ### END SOLUTION


# %% [markdown]
# `error_by_count` is handed the *function* that makes the matrix, so that you can use it again for the next learning rule
# (`make_matrix(patterns)` calls it). Here is a rule to compare with, which stores nothing: with the identity matrix every unit follows itself alone,
# and every cue stays as it is.

# %%
def no_memory_matrix(training_patterns: torch.Tensor) -> torch.Tensor:
    """Weights of a network that keeps every cue: the identity matrix, whatever the patterns."""
    return torch.eye(training_patterns.shape[1])


# %% [markdown]
# Stored patterns are recalled from themselves, and so are unseen ones: a network that has learnt what a digit looks like would keep both, one that
# has learnt its ten examples by heart only the first.

# %% id="error_by_count" role="answer" question="2.a"
def error_by_count(
    make_matrix: Callable[[torch.Tensor], torch.Tensor],
    train_patterns: torch.Tensor,
    test_patterns: torch.Tensor,
    counts: list[int],
    num_iters: int = 1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Recall error on stored and on unseen patterns, for several numbers of stored patterns.

    Parameters
    ----------
    make_matrix
        Learning rule: a function from patterns, shape (n, d), to weights, shape (d, d).
    train_patterns
        Patterns to store, as rows, shape (N, d).
    test_patterns
        Patterns that are never stored, as rows, shape (m, d).
    counts
        Numbers n of patterns to store, none larger than N.
    num_iters
        Number of recall steps.

    Returns
    -------
    The pair (train_errors, test_errors), of shape (len(counts),) each. For every n in `counts`, a network stores the
    *first n* rows of `train_patterns`; its train error is the recall error with these n patterns as cues and targets,
    its test error the recall error with all `test_patterns` as cues and targets. The threshold is 0.

    Example
    -------
    A rule that always returns the identity matrix recalls every cue as it is: all errors are 0.
    """
    ### BEGIN SOLUTION
    train_errors = []
    test_errors = []
    for count in counts:
        stored = train_patterns[:count]
        W = make_matrix(stored)
        train_errors.append(float(recall_error(W, stored, stored, num_iters)))
        test_errors.append(float(recall_error(W, test_patterns, test_patterns, num_iters)))
    return torch.tensor(train_errors), torch.tensor(test_errors)
    ### END SOLUTION


# %% id="error_by_noise" role="answer" question="2.a"
def error_by_noise(
    W: torch.Tensor, images: torch.Tensor, noise_levels: list[float], num_iters: int = 5
) -> torch.Tensor:
    """Recall error from damaged cues, for several amounts of damage.

    Parameters
    ----------
    W
        Weights, shape (d, d).
    images
        Clean images as rows, shape (n, d).
    noise_levels
        Shares of flipped pixels, from 0 to 1. Every level starts from the clean images.
    num_iters
        Number of recall steps.

    Returns
    -------
    Errors, shape (len(noise_levels),): for every level p, the recall error with `corrupt(images, p)` as cues and the
    clean `images` as targets. The threshold is 0.

    Example
    -------
    With the identity matrix the damage stays. Of 4 pixels, level 0.5 flips 2, and 2 of 4 wrong pixels cost
    2 * 4 / 4 = 2: `error_by_noise(torch.eye(4), torch.ones(3, 4), [0, 0.5, 1])` is [0, 2, 4].
    """
    ### BEGIN SOLUTION
    return torch.tensor([float(recall_error(W, corrupt(images, p), images, num_iters)) for p in noise_levels])
    ### END SOLUTION


# %% [markdown]
# Do the functions hold on small examples?

# %% id="check-2-a" role="check" question="2.a"
check("2.a")

# %% [markdown]
# ### The experiment
#
# Now the pictures. The next cell stores them by your rule and measures
#
# * train and test error against the number of stored patterns, up to the capacity, for **five** random training sets;
# * train and test error for ten stored patterns, against noise;
# * the same errors averaged over many more draws, beside *published* figures. Those came from few draws, and single
#   draws differ a lot: the number in brackets tells how much.
#
# A quarter of the pixels wrong is an error of 1. The cell is complete; it takes some seconds.

# %% id="experiment-2-a" role="experiment" question="2.a"
COUNTS = [1, 2, 3, 5, 8, 10, 14, 20, 26, 32, 40]
NOISE_LEVELS = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5]


def errors_for_draws(make_matrix: Callable[[torch.Tensor], torch.Tensor], counts: list[int], num_draws: int):
    """Train and test errors after one step, each of shape (num_draws, len(counts))."""
    draws = [draw_sets(digits, max(counts), 40) for _ in range(num_draws)]
    errors = [error_by_count(make_matrix, train, test, counts) for train, test in draws]
    return torch.stack([e[0] for e in errors]), torch.stack([e[1] for e in errors])


def noise_for_draws(make_matrix: Callable[[torch.Tensor], torch.Tensor], num_draws: int):
    """Errors on 10 stored and on 10 unseen patterns after five steps, each (num_draws, len(NOISE_LEVELS))."""
    stored_errors, unseen_errors = [], []
    for _ in range(num_draws):
        train, test = draw_sets(digits, 10, 10)
        W = make_matrix(train)
        stored_errors.append(error_by_noise(W, train, NOISE_LEVELS))
        unseen_errors.append(error_by_noise(W, test, NOISE_LEVELS))
    return torch.stack(stored_errors), torch.stack(unseen_errors)


torch.manual_seed(1)
print(f"capacity for random patterns: {network_capacity(784)}")
outer_train, outer_test = errors_for_draws(outer_product_hopfield_matrix, [*COUNTS, network_capacity(784)], num_draws=5)
outer_noise_stored, outer_noise = noise_for_draws(outer_product_hopfield_matrix, num_draws=20)

table_train, table_test = errors_for_draws(outer_product_hopfield_matrix, [2, 5, 10, 20, 40], num_draws=100)
for name, published, measured in (
    ("stored", [0.11, 0.31, 0.43, 0.50, 0.54], table_train),
    ("unseen", [0.74, 0.62, 0.62, 0.61, 0.61], table_test),
):
    rows = zip([2, 5, 10, 20, 40], published, measured.T, strict=True)
    compare(f"outer product, {name} patterns", [(f"N = {n}", p, m) for n, p, m in rows])
for name, published, measured in (
    ("unseen", [0.96, 0.97, 0.97, 0.97, 1.12, 1.99], outer_noise),
    ("stored", [0.90, 0.90, 0.89, 0.91, 0.92, 1.97], outer_noise_stored),
):
    rows = zip(NOISE_LEVELS, published, measured.T, strict=True)
    compare(f"outer product, N = 10, {name} patterns", [(f"flipped share {n}", p, m) for n, p, m in rows])

# %% [markdown]
# **Draw three figures** (marked by a person, together 0.5):
#
# 1. ten stored patterns side by side: the pattern and what `evaluate_hopfield_network` recalls from it;
# 2. train error and test error against the number of stored patterns, mean and spread over the five training sets
#    (`outer_train`, `outer_test`: one row per set; the last column belongs to the capacity);
# 3. the test error against the share of flipped pixels (`outer_noise`), with the error of the cue itself, $4p$, as a line
#    to compare with.
#
# Label the axes. `plotting.recall_grid(originals, cues, recalled)` and `plotting.error_curves(x, {"name": runs}, xlabel=...)` are there
# to help you; plain matplotlib is as good.

# %% id="figures-2-a" role="figures" question="2.a"
### BEGIN SOLUTION
torch.manual_seed(2)
stored, _ = draw_sets(digits, 10, 1)
W = outer_product_hopfield_matrix(stored)
recalled = torch.cat([evaluate_hopfield_network(W, x.reshape(-1, 1))[0] for x in stored], dim=1).T
plotting.recall_grid(stored, stored, recalled, title="Ten stored patterns, outer product, five steps")
plotting.error_curves(
    [*COUNTS, network_capacity(784)],
    {"stored": outer_train, "unseen": outer_test},
    xlabel="stored patterns N",
    title="Outer product, one step, five training sets",
)
axes = plotting.error_curves(
    NOISE_LEVELS, {"unseen": outer_noise, "stored": outer_noise_stored}, xlabel="share of flipped pixels p",
    title="Outer product, ten stored patterns, five steps",
)
axes.plot(NOISE_LEVELS, [4 * p for p in NOISE_LEVELS], "k:", label="error of the cue, 4p")
axes.legend()
plt.show()
### END SOLUTION
