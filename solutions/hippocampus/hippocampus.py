# %% [markdown]
# # The hippocampus as a memory
#
# You remember where you parked this morning, although you saw the place only once and although half of it is hidden
# by a lorry when you come back. Something in your head stored a pattern in one go, and completes it from a fragment.
# This assignment follows the idea that the hippocampus is such a memory, through four models:
#
# 1. **what the hippocampus is for** (three short texts);
# 2. **Hopfield networks** that store pictures in the connections of a recurrent network, by two learning rules;
# 3. **an autoencoder** that learns a compressed code for pictures, and the same autoencoder as a model of how an
#    animal learns that two stimuli belong together before either of them matters (*sensory preconditioning*).
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
# **How it works.** You complete *functions*; cells below them call your functions on real data, and in *figures*
# cells you draw what came out. `check("2.a")` tells you at once whether the functions of question 2.a hold on small
# examples; after the deadline the same functions are called with other inputs. So use the arguments that a function
# receives and nothing else: no sizes that happen to fit the pictures at hand, and no variables of the experiment
# cells. You may add cells and functions of your own. Never change what a caller handed you (`x = x.clone()` makes a
# copy of your own).
#
# **Reading.**
#
# * E. R. Kandel, J. H. Schwartz, T. M. Jessell, *Principles of Neural Science*, chapter 65 (learning and memory).
# * M. A. Gluck and C. E. Myers, *Gateway to Memory*, chapter 6 (the cortico-hippocampal model).
# * I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, section 15.1 (unsupervised pre-training).
# * J. J. Hopfield, *Neural networks and physical systems with emergent collective computational abilities*, PNAS
#   1982.

# %%
import math
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder import check

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

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
# spared: storing new *episodes* and facts needs this region, other kinds of memory do not. H.M.'s lesion was large.
# R.B.'s was not: an ischaemia destroyed the field CA1 alone, and he had the same kind of amnesia, milder. So damage
# that is confined to the hippocampus is enough.
#
# **Rodents.** A rat with hippocampal lesions cannot learn where a hidden platform lies in a water maze, although it
# swims to a visible one as well as any other: what is lost is *navigation* by a map of places, not swimming, seeing
# or wanting to get out. Mice without NMDA receptors in CA1 have little long-term potentiation there, blurred place
# fields, and the same deficit.
#
# **Single cells.** Pyramidal cells of the rat's hippocampus fire when the animal is at one place, whichever way it
# looks (O'Keefe and Dostrovsky, 1971); together such *place cells* tell where the animal is, and they remap when it
# enters another room. The input from entorhinal cortex holds grid cells. This is evidence for a map.
#
# **Imaging.** The right hippocampus is active when London taxi drivers recall a complex route, and its posterior part
# is larger the longer they have driven: *navigation*, in humans. Activity in the medial temporal lobe while somebody
# sees a word or picture predicts whether it will be remembered later: *episodic memory*.
#
# The two claims need not compete: an episode is something that happened at a place, and both need a rapid binding of
# things that occurred together.
# ### END SOLUTION

# %% [markdown]
# ## Question 1.b: a model and its limits (2 marks)
#
# In Gluck and Myers' cortico-hippocampal model the hippocampal region is an autoencoder: it learns to reproduce its
# inputs, and in doing so finds a hidden code that compresses what is redundant and separates what predicts different
# outcomes. A cortical network then borrows that code to learn responses. The model explains many effects of lesions
# on conditioning. What can it *not* explain? Describe at least two limits, each with an experiment or phenomenon that
# the model misses and the reason in its construction. About 150 words. (Gluck and Myers, chapter 6)

# %% [markdown] id="answer-1-b" role="written" question="1.b"
# ### BEGIN SOLUTION
# **No episodes, no places.** The model learns associations between stimuli and one outcome, gradually, over tens or
# hundreds of trials. It has no way to store a single event and to recall it later from a part, which is what H.M.
# could not do, nor anything like a map: declarative recall and spatial navigation, the two best known functions of
# the region, are outside of it.
#
# **No time.** A trial is one input vector; nothing happens *within* a trial. So there is no difference between delay
# conditioning and trace conditioning, in which the stimulus ends before the outcome begins, although just the trace
# version is impaired by hippocampal lesions, and the model says nothing about when the response is given.
#
# **Weak extinction and habituation.** It does not account well for what lesions do to extinction and to habituation:
# unlearning is learning backwards in the model, whereas an animal keeps the old association (it recovers
# spontaneously) and learns in addition that it does not hold here and now.
#
# **Little anatomy.** One hidden layer trained by error back-propagation stands for entorhinal cortex, dentate gyrus,
# CA3 and CA1. The recurrent connections of CA3, the sparse code of the dentate gyrus and the modulation by
# acetylcholine are absent, and so are lesions that are confined to one of them.
# ### END SOLUTION

# %% [markdown]
# ## Question 1.c: pre-training, then and now (2 marks)
#
# Learning without a teacher first, and only then with one, is integral to that model: the hippocampal code is formed
# whether or not an outcome follows. Deep learning once began in the same way, with *unsupervised pre-training* layer
# by layer. Why is it rare today? Give at least two reasons, and say in which situation it still pays. About 150
# words. (Goodfellow et al., section 15.1)

# %% [markdown] id="answer-1-c" role="written" question="1.c"
# ### BEGIN SOLUTION
# Pre-training helped deep networks because it started them in a good region of parameters and acted as a regulariser.
# Both needs have other answers today:
#
# * With large labelled data sets, rectified units, better initialisation, batch normalisation and dropout, a deep
#   network can be trained with the labels from the start, and ends up at least as good. On medium-sized data sets it
#   beats pre-training; on very small ones Bayesian methods do.
# * Two phases of training have two sets of hyperparameters. The effect of those of the first phase is seen only after
#   the second, which makes them slow to tune, and there is no single knob for how strongly pre-training regularises,
#   as the coefficient of a penalty would be. In one phase, the supervised and the unsupervised cost can be weighed
#   against each other.
# * It helps only if what explains the inputs also explains the outputs. Features that are good for
#   reconstruction may be useless for the task, and pre-training then does harm.
# * Where pre-training is used, it is often supervised: a network trained on a large labelled set is carried over to
#   the small one.
#
# It still pays where labels are few and unlabelled examples abound: above all for language, where representations of
# words are learnt from huge amounts of plain text. That is also an animal's situation: outcomes are rare, stimuli are
# not.
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
# Repeat, and the state settles. If the weights are chosen so that stored patterns are fixed points, a damaged pattern
# runs back to the one it came from. Two ways to choose them are compared below.
#
# The data are digits 0, 1 and 2 of MNIST, *binarised*: a pixel with value $/\,255 > 0.5$ becomes $+1$, any other
# $-1$. The next cell loads them. Patterns are **rows**: `digits` has shape `(number of images, 784)`.

# %% id="data" role="experiment" question="2.a"
from hippo import datasets, plotting

mnist = datasets.load_mnist(allow_bundled=True)
grey = datasets.flatten(datasets.only(mnist.x_train, mnist.y_train, (0, 1, 2)))  # (n, 784), value / 255
digits = torch.where(grey > 0.5, 1.0, -1.0)
print(f"{mnist.name}: {len(digits)} images of the digits 0, 1 and 2, {float((digits > 0).float().mean()):.0%} ink")


def compare(title: str, rows: list[tuple[str, object, object]]) -> None:
    """Print label, published figure and what was measured: a text, or the mean and spread of numbers."""
    print(f"\n{title:<46} {'published':>14} | measured")
    for label, published, measured in rows:
        if not isinstance(measured, str):
            values = np.asarray(measured, dtype=np.float64).ravel()
            measured = f"{values.mean():.4f}"
            if len(values) > 1:
                measured += f" (mean of {len(values)} draws, s.d. of one draw {values.std(ddof=1):.3f})"
        print(f"{label:<46} {published!s:>14} | {measured}")


# %% [markdown]
# ## Question 2.a: the outer-product rule (2 marks)
#
# ### How many patterns fit?
#
# For patterns whose pixels are tossed by fair coins, theory bounds the number that can be stored and recalled without
# any error (McEliece et al., 1987):
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
# Between pictures of $\pm 1$ a wrong pixel costs $2^2 = 4$. So the error runs from 0 (all right) over 2 (a coin toss)
# to 4 (the negative), and a quarter of it is the share of wrong pixels.

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
# Salt-and-pepper noise: in every picture, $\lfloor d\,p \rfloor$ pixels change their sign. Which ones is drawn anew
# for every picture, each pixel with the same chance and none twice. (`torch.randperm` and `torch.rand(...).argsort()`
# are ways to draw without replacement. Do not set a seed inside of the function: every call should bring new noise.)

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
# Units that are up together should support each other. For training patterns $\mathbf x_1, \dots, \mathbf x_N$, the
# rows of an $N\times d$ matrix, let
#
# $$ D = \frac1N \sum_{i=1}^{N} (\mathbf x_i - \theta)(\mathbf x_i - \theta)^{\mathsf T},
#    \qquad W = D - \operatorname{diag}(D) , $$
#
# where $\theta$ is **one** number, the mean of *all* $N\,d$ elements of the training set, and
# $\operatorname{diag}(D)$ is the matrix that holds the diagonal of $D$ and zeros elsewhere: no unit has a connection
# with itself.
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
# One *step* updates all units at once (*synchronously*). Start with the cue as a **column** of shape `(d, 1)`, take
# exactly `num_iters` steps, and, if you are given the training patterns, note after every step how similar the state
# is to each of them: the inner products $\mathbf x_i^{\mathsf T}\mathbf s$, which are $d$ for the pattern itself and
# $-d$ for its negative.
#
# A cue of another shape would not fail: `(d,)` and `(d, k)` go through the products and give nonsense later on. So
# refuse it here: `raise ValueError(...)` with a sentence that tells the shape that came.
#
# (`torch.sign` is 0 where the field is exactly at the threshold. This hardly ever happens with pictures, and what you
# do then is up to you.)

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
# * *What does the network make of a whole set of cues?* `recall_error` recalls every cue and compares the results
#   with the pictures that should have come out.
# * *How does that change with the number of stored patterns?* `error_by_count`.
# * *How does it change with damage to the cues?* `error_by_noise`.
#
# And since an average over one accidental choice of pictures says little: `draw_sets` draws pictures for training and
# *other* ones for testing. A test picture that has been stored is not a test.

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
    W = [[0, 1], [1, 0]] swaps two units. From the cues [[1, -1], [1, 1]] one step recalls [[-1, 1], [1, 1]]; against
    the targets [[1, -1], [1, 1]] the error is (4 + 4 + 0 + 0) / 4 = 2, and after two steps it is 0.
    """
    ### BEGIN SOLUTION
    recalled = [
        evaluate_hopfield_network(W, cue.reshape(-1, 1), num_iters=num_iters, threshold=threshold)[0] for cue in cues
    ]
    return mse(targets, torch.cat(recalled, dim=1).T)  # columns (d, n) back to rows (n, d)
    ### END SOLUTION


# %% [markdown]
# `error_by_count` is handed the *function* that makes the matrix, so that you can use it again for the next learning
# rule (`make_matrix(patterns)` calls it). Here is a rule to compare with, which stores nothing: with the identity
# matrix every unit follows itself alone, and every cue stays as it is.

# %%
def no_memory_matrix(training_patterns: torch.Tensor) -> torch.Tensor:
    """Weights of a network that keeps every cue: the identity matrix, whatever the patterns."""
    return torch.eye(training_patterns.shape[1])


# %% [markdown]
# Stored patterns are recalled from themselves, and so are unseen ones: a network that has learnt what a digit looks
# like would keep both, one that has learnt its ten examples by heart only the first.

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
#   draws differ a lot: the standard deviation of one draw tells how much.
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
# 3. the test error against the share of flipped pixels (`outer_noise`), with the error of the cue itself, $4p$, as a
#    line to compare with.
#
# Label the axes. `plotting.recall_grid(originals, cues, recalled)` and `plotting.error_curves(x, {"name": runs},
# xlabel=...)` are there to help you; plain matplotlib is as good.

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

# %% [markdown]
# ---
# ## Question 2.b: the pseudo-inverse rule (2 marks)
#
# Random patterns hardly overlap; digits overlap a lot, and then stored pictures disturb each other. Let us therefore
# *demand* what we want: every stored pattern shall reproduce itself, $W\mathbf x_i = \mathbf x_i$ up to a positive
# factor, which the sign removes. With the patterns as rows of $X$, of shape $(n, d)$, a solution is $W \propto
# X^{+}X$, where $X^{+}$ is the pseudo-inverse of $X$. A small $\lambda > 0$ keeps the inverse in it within bounds,
# even if a pattern occurs twice:
#
# $$ X^{+} = (X^{\mathsf T}X + \lambda I_d)^{-1} X^{\mathsf T}, \qquad W = \frac1n\, X^{+}X . $$
#
# No mean is taken off, and the diagonal stays. The matrix to be inverted has $d \times d$ elements, and $d = 784$;
# there is another expression for the same $X^{+}$ which needs the inverse of an $n\times n$ matrix only. Use
# whichever you like, but do think about why they agree.

# %% id="pseudo_inv" role="answer" question="2.b"
def pseudo_inv(X: torch.Tensor, lamb: float = 0.01) -> torch.Tensor:
    """Regularised pseudo-inverse of a matrix.

        X+ = (X^T X + lamb I)^-1 X^T

    Parameters
    ----------
    X
        Matrix of shape (n, d), with n smaller or larger than d. Is left as it was.
    lamb
        lambda > 0, how strongly the inverse is held within bounds.

    Returns
    -------
    X+, shape (d, n).

    Example
    -------
    For the single row X = [[1, 1]] and lamb = 2: X^T X + 2 I = [[3, 1], [1, 3]], its inverse is
    [[3, -1], [-1, 3]] / 8, and times X^T that is [[1/4], [1/4]].
    """
    ### BEGIN SOLUTION
    gram = X @ X.T + lamb * torch.eye(X.shape[0]).to(X)  # (n, n)
    # X^T (X X^T + lamb I_n) = (X^T X + lamb I_d) X^T: so the n x n inverse does the same work
    return torch.linalg.solve(gram, X).T
    ### END SOLUTION


# %% id="pseudoinverse_hopfield_matrix" role="answer" question="2.b"
def pseudoinverse_hopfield_matrix(training_patterns: torch.Tensor, lamb: float = 0.01) -> torch.Tensor:
    """Weights of the pseudo-inverse rule.

        W = 1/n X+ X

    Parameters
    ----------
    training_patterns
        X, the n patterns as rows, +1 and -1, shape (n, d). Is left as it was.
    lamb
        lambda of the pseudo-inverse.

    Returns
    -------
    W, shape (d, d), with its diagonal.

    Example
    -------
    For the single pattern [[1, 1]] and lamb = 2, X+ = [[1/4], [1/4]] and W = [[1/4, 1/4], [1/4, 1/4]].
    """
    ### BEGIN SOLUTION
    return pseudo_inv(training_patterns, lamb) @ training_patterns / training_patterns.shape[0]
    ### END SOLUTION


# %% id="check-2-b" role="check" question="2.b"
check("2.b")

# %% [markdown]
# The same three measurements with the new rule, threshold 0. Before you run the cell: which errors should be exactly
# 0, and up to which number of patterns?

# %% id="experiment-2-b" role="experiment" question="2.b"
torch.manual_seed(1)
pseudo_train, pseudo_test = errors_for_draws(
    pseudoinverse_hopfield_matrix, [*COUNTS, network_capacity(784)], num_draws=5
)
pseudo_noise_stored, pseudo_noise = noise_for_draws(pseudoinverse_hopfield_matrix, num_draws=20)

table_train, table_test = errors_for_draws(pseudoinverse_hopfield_matrix, [2, 5, 10, 20, 40], num_draws=100)
for name, published, measured in (
    ("stored", [0.0, 0.0, 0.0, 0.0, 0.0], table_train),
    ("unseen", [0.52, 0.44, 0.36, 0.29, 0.19], table_test),
):
    rows = zip([2, 5, 10, 20, 40], published, measured.T, strict=True)
    compare(f"pseudo-inverse, {name} patterns", [(f"N = {n}", p, m) for n, p, m in rows])
for name, published, measured in (
    ("unseen", [0.41, 0.42, 0.42, 0.44, 0.53, 1.94], pseudo_noise),
    ("stored", [0.0, 0.0, 0.0, 0.002, 0.05, 1.94], pseudo_noise_stored),
):
    rows = zip(NOISE_LEVELS, published, measured.T, strict=True)
    compare(f"pseudo-inverse, N = 10, {name} patterns", [(f"flipped share {n}", p, m) for n, p, m in rows])

# %% [markdown]
# **Draw the three figures of 2.a again** for this rule (marked by a person, together 0.5), from `pseudo_train`,
# `pseudo_test` and `pseudo_noise`. It helps to put the outer-product curves into the same axes.

# %% id="figures-2-b" role="figures" question="2.b"
### BEGIN SOLUTION
torch.manual_seed(2)
stored, _ = draw_sets(digits, 10, 1)
W = pseudoinverse_hopfield_matrix(stored)
recalled = torch.cat([evaluate_hopfield_network(W, x.reshape(-1, 1))[0] for x in stored], dim=1).T
plotting.recall_grid(stored, stored, recalled, title="Ten stored patterns, pseudo-inverse, five steps")
plotting.error_curves(
    [*COUNTS, network_capacity(784)],
    {
        "pseudo-inverse, stored": pseudo_train,
        "pseudo-inverse, unseen": pseudo_test,
        "outer product, stored": outer_train,
        "outer product, unseen": outer_test,
    },
    xlabel="stored patterns N",
    title="Both rules, one step, five training sets",
)
axes = plotting.error_curves(
    NOISE_LEVELS,
    {
        "pseudo-inverse, unseen": pseudo_noise,
        "pseudo-inverse, stored": pseudo_noise_stored,
        "outer product, unseen": outer_noise,
    },
    xlabel="share of flipped pixels p",
    title="Both rules, ten stored patterns, five steps",
)
axes.plot(NOISE_LEVELS, [4 * p for p in NOISE_LEVELS], "k:", label="error of the cue, 4p")
axes.legend()
plt.show()
### END SOLUTION

# %% [markdown]
# ---
# ## Question 2.c: half a picture (1 mark)
#
# The lorry in front of your car is not noise: it hides one half completely. A unit about which the cue says *nothing*
# can be put to 0, neither up nor down; it then adds nothing to the fields of the others.

# %% id="mask_half" role="answer" question="2.c"
def mask_half(images: torch.Tensor) -> torch.Tensor:
    """Hide the lower half of every image: its inputs become 0, "unknown".

    Parameters
    ----------
    images
        Images of +1 and -1 as rows, shape (n, d), d even. Pixels are stored line by line from the top, so the lower
        half of a picture is the last d/2 elements of its row. Is left as it was.

    Returns
    -------
    A new tensor of shape (n, d): the first d/2 elements of every row as they are, the others 0.

    Example
    -------
    `mask_half(torch.tensor([[1.0, -1.0, -1.0, 1.0]]))` is [[1, -1, 0, 0]].
    """
    ### BEGIN SOLUTION
    masked = images.clone()
    masked[:, images.shape[1] // 2 :] = 0
    return masked
    ### END SOLUTION


# %% id="check-2-c" role="check" question="2.c"
check("2.c")

# %% [markdown]
# **Take the best network you have** (which rule, how many stored patterns?), hide the lower half of three pictures
# that it has stored, and **draw** original, corrupted and recalled picture of each (marked by a person, 0.5). Say in
# a title or comment which network it is and why you chose it.

# %% id="figures-2-c" role="figures" question="2.c"
### BEGIN SOLUTION
# The pseudo-inverse rule, ten stored patterns: its error is the lower one at every number of patterns and noise level.
torch.manual_seed(3)
stored, _ = draw_sets(digits, 10, 1)
W = pseudoinverse_hopfield_matrix(stored)
originals = stored[:3]
masked = mask_half(originals)
recalled = torch.cat([evaluate_hopfield_network(W, x.reshape(-1, 1))[0] for x in masked], dim=1).T
plotting.recall_grid(originals, masked, recalled, title="Lower half unknown, pseudo-inverse, ten stored patterns")
plt.show()
### END SOLUTION

# %% [markdown]
# ---
# # 3 Autoencoders
#
# ## Question 3.1: a compressed code (2 marks)
#
# An autoencoder learns to reproduce its input through a *bottleneck*: an encoder turns the input $\mathbf x$ of size
# $d$ into a smaller hidden code $\mathbf h$, a decoder turns the code back,
#
# $$ \mathbf h = \sigma(W_1 \mathbf x + \mathbf b_1), \qquad \hat{\mathbf x} = \sigma(W_2 \mathbf h + \mathbf b_2),
#    \qquad \sigma(a) = \frac{1}{1 + e^{-a}} . $$
#
# Since the code has fewer numbers than the input, it can only keep what inputs have in common. Nobody says what that
# is: the weights follow from making $\hat{\mathbf x}$ like $\mathbf x$ for many examples. Here the examples are *all*
# digits of MNIST, with grey values from 0 to 1.

# %% id="Autoencoder" role="answer" question="3.1"
class Autoencoder(torch.nn.Module):
    """Autoencoder with one hidden layer: sigmoid encoder, sigmoid decoder.

        h = sigmoid(W1 x + b1),    x_hat = sigmoid(W2 h + b2)

    Parameters
    ----------
    num_inputs
        d, the number of inputs and of outputs.
    num_hidden
        Size of the hidden layer.

    Attributes
    ----------
    encoder, decoder
        Modules: `encoder(x)` turns inputs of shape (n, d) into codes of shape (n, num_hidden), `decoder(h)` codes into
        reconstructions of shape (n, d). Both end in a sigmoid and have weights and biases with torch's usual random
        start.

    Example
    -------
    With `net = Autoencoder(4, 3)` and `x = torch.rand(10, 4)`, `net.encoder(x)` has shape (10, 3); `net(x)` has shape
    (10, 4), lies between 0 and 1, and equals `net.decoder(net.encoder(x))`.
    """

    def __init__(self, num_inputs: int, num_hidden: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct inputs of shape (n, num_inputs)."""
        ### BEGIN SOLUTION
        return self.decoder(self.encoder(x))
        ### END SOLUTION


# %% [markdown]
# ### Training
#
# In every *epoch* the network sees all images once, in batches. For each batch: reconstruct, compute the loss,
# compute its gradients (after clearing the old ones), take one step of Adam. The loss is either the mean squared
# error, or, for inputs that are 0 or 1, the binary cross-entropy: the mean over all elements of $-x\ln\hat x -
# (1-x)\ln(1-\hat x)$. Torch has both, `torch.nn.functional.mse_loss` and `torch.nn.functional.binary_cross_entropy`.
# You will need the second one in 3.3.

# %% id="train_autoencoder" role="answer" question="3.1"
def train_autoencoder(
    net: torch.nn.Module,
    images: torch.Tensor,
    num_epochs: int = 70,
    batch_size: int = 1000,
    learning_rate: float = 0.01,
    loss: str = "mse",
) -> list[float]:
    """Train a network to reproduce its inputs, with Adam; return the loss of every epoch.

    Parameters
    ----------
    net
        The network; `net(x)` reconstructs x. It is trained itself, not a copy of it.
    images
        Inputs, which are also the targets, shape (n, d), from 0 to 1.
    num_epochs
        How often all images are shown. One optimiser serves all epochs.
    batch_size
        Images per step. You may shuffle them in every epoch. The last batch holds what remains.
    learning_rate
        Step size of `torch.optim.Adam`, whose other settings stay as they are.
    loss
        "mse" (mean squared error) or "bce" (binary cross-entropy).

    Returns
    -------
    A list of num_epochs numbers: for each epoch the mean of the losses of its batches, each computed before the step
    that the batch leads to.

    Example
    -------
    20 images, batches of 10 and 3 epochs make 6 steps; the list has 3 entries, each the mean of two losses. With
    `learning_rate=0` nothing changes and all entries are the network's loss as it is.
    """
    ### BEGIN SOLUTION
    loss_function = {"mse": torch.nn.functional.mse_loss, "bce": torch.nn.functional.binary_cross_entropy}[loss]
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    epoch_losses = []
    for _ in range(num_epochs):
        batch_losses = []
        for rows in torch.randperm(images.shape[0]).split(batch_size):
            batch = images[rows]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            batch_losses.append(value.item())
        epoch_losses.append(sum(batch_losses) / len(batch_losses))
    return epoch_losses
    ### END SOLUTION


# %% [markdown]
# ### Corrupted pictures
#
# Salt and pepper for grey pictures: $\lfloor d\,p\rfloor$ pixels of every picture become black or white, half of them
# each.

# %% id="autoencoder_corrupt" role="answer" question="3.1"
def autoencoder_corrupt(images: torch.Tensor, p: float) -> torch.Tensor:
    """Set exactly int(d * p) pixels of every image, drawn uniformly without replacement, half to 0 and half to 1.

    Parameters
    ----------
    images
        Images with values from 0 to 1 as rows, shape (n, d). Is left as it was.
    p
        Share of the pixels to overwrite, from 0 to 1.

    Returns
    -------
    The damaged images, a new tensor of shape (n, d). Every row has its own damaged pixels. Of an odd number of pixels
    the odd one out may become 0 or 1; to toss a fair coin for every drawn pixel is as good as exact halves.

    Example
    -------
    `autoencoder_corrupt(torch.full((1, 5), 0.5), 0.4)` overwrites int(2.0) = 2 of 5 pixels; it may return
    [[0.5, 0.0, 0.5, 0.5, 1.0]].
    """
    ### BEGIN SOLUTION
    num_images, num_pixels = images.shape
    num_damaged = int(num_pixels * p)
    order = torch.rand(num_images, num_pixels).argsort(1)  # (n, d), a random permutation in every row
    damaged = images.clone()
    damaged[order < num_damaged] = 1
    damaged[order < num_damaged // 2] = 0
    return damaged
    ### END SOLUTION


# %% [markdown]
# How well does a trained network reconstruct what is *under* the damage? So the loss compares with the clean
# pictures.

# %% id="error_by_corruption" role="answer" question="3.1"
def error_by_corruption(net: torch.nn.Module, images: torch.Tensor, fractions: list[float]) -> torch.Tensor:
    """Reconstruction loss of corrupted images, for several shares of corrupted pixels.

    Parameters
    ----------
    net
        A trained autoencoder; it is used, not trained.
    images
        Clean images with values from 0 to 1, shape (n, d).
    fractions
        Shares of corrupted pixels, from 0 to 1. Each starts from the clean images.

    Returns
    -------
    Losses, shape (len(fractions),): for every fraction p, the mean squared error (torch.nn.functional.mse_loss) between
    the network's output for `autoencoder_corrupt(images, p)` and the *clean* images.

    Example
    -------
    With the fraction 0 nothing is corrupted: `error_by_corruption(net, x, [0])` is [mse_loss(net(x), x)].
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        outputs = [net(autoencoder_corrupt(images, p)) for p in fractions]
        return torch.stack([torch.nn.functional.mse_loss(output, images) for output in outputs])
    ### END SOLUTION


# %% id="check-3-1" role="check" question="3.1"
check("3.1")

# %% [markdown]
# ### The experiment
#
# Five networks with 10 to 400 hidden units learn 60,000 digits: Adam with step size 0.01, batches of 1,000, 70
# epochs. This takes a few minutes; time for a cup of tea. (For a first try, lower `EPOCHS`.)
#
# What does a loss of 0.067 mean? It is what a network gets that paints the *average* digit, whatever it sees: the
# variance of the pixels. The published figures are one run of one student; what counts is their order of magnitude.

# %% id="experiment-3-1" role="experiment" question="3.1"
EPOCHS = 70
HIDDEN_SIZES = [10, 50, 100, 200, 400]
FRACTIONS = [0.0, 0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.75]
train_images, test_images = datasets.flatten(mnist.x_train), datasets.flatten(mnist.x_test)
print(f"variance of the pixels around the average digit: {train_images.var(dim=0).mean():.4f}")

torch.manual_seed(0)
networks, losses = {}, {}
for size in HIDDEN_SIZES:
    networks[size] = Autoencoder(784, size)
    losses[size] = train_autoencoder(networks[size], train_images, num_epochs=EPOCHS)
    print(f"{size} hidden units: loss {losses[size][0]:.4f} in the first epoch, {losses[size][-1]:.4f} in the last")

corruption_errors = {size: error_by_corruption(networks[size], test_images, FRACTIONS) for size in HIDDEN_SIZES}
published_train = [0.067, 0.0065, 0.0037, 0.0012, 0.0020]
published_test = [0.068, 0.0063, 0.0036, 0.0013, 0.0020]
rows = []
for size, on_train, on_test in zip(HIDDEN_SIZES, published_train, published_test, strict=True):
    rows.append((f"{size} hidden units, train", on_train, error_by_corruption(networks[size], train_images, [0.0])))
    rows.append((f"{size} hidden units, test", on_test, corruption_errors[size][0]))
compare(f"autoencoder, mean squared error after {EPOCHS} epochs", rows)

# %% [markdown]
# **Draw** (marked by a person, together 0.5):
#
# 1. the losses over the epochs for the five hidden sizes (`losses`), with a logarithmic loss axis;
# 2. ten training and ten test pictures and their reconstructions, for a network of your choice
#    (`networks[200](images)`);
# 3. the loss against the share of corrupted pixels (`corruption_errors`).
#
# `plotting.loss_curves({"name": list})`, `plotting.reconstruction_grid(originals, reconstructed)` and
# `plotting.error_curves` may help.

# %% id="figures-3-1" role="figures" question="3.1"
### BEGIN SOLUTION
plotting.loss_curves(
    {f"{size} hidden units": losses[size] for size in HIDDEN_SIZES}, ylabel="mean squared error", title="Training"
)
with torch.no_grad():
    for name, images in (("training", train_images[:10]), ("test", test_images[:10])):
        plotting.reconstruction_grid(images, networks[200](images), title=f"Ten {name} images, 200 hidden units")
plotting.error_curves(
    FRACTIONS,
    {f"{size} hidden units": corruption_errors[size].reshape(1, -1) for size in HIDDEN_SIZES},
    xlabel="share of corrupted pixels",
    title="Reconstruction of corrupted test images",
)
plt.show()
### END SOLUTION

# %% [markdown]
# ## Question 3.2: two kinds of memory (1 mark)
#
# Compare the autoencoder with the Hopfield networks of question 2: what is learnt and from how many examples, what
# happens with pictures that were never seen, how each deals with damaged cues, and how a brain might do it. Support
# your statements with *your* curves. About 150 words.

# %% [markdown] id="answer-3-2" role="written" question="3.2"
# ### BEGIN SOLUTION
# **What is learnt.** A Hopfield network stores a few dozen particular patterns, each in one presentation. The
# autoencoder learns from 60,000 images in 70 passes what digits have in common, and keeps none of them: its errors on
# training and test images are equal.
#
# **Unseen pictures.** The autoencoder reconstructs them as well as seen ones. The Hopfield networks draw them towards
# what they have stored: with ten patterns, the pseudo-inverse rule gets them wrong by about 0.4, the outer product by
# more than 0.6 (a tenth and a sixth of the pixels). As more patterns are stored, the error of the pseudo-inverse on
# unseen pictures falls, because the span of the stored ones comes to hold them.
#
# **Damage.** Recall is iterated towards a fixed point: with the pseudo-inverse rule, stored patterns come back
# without error from 20 % flipped pixels and almost so from 40 %, and from half a picture. The autoencoder passes its
# input through once and was trained on clean images only; its loss rises with every further corrupted pixel. Trained
# on corrupted inputs, it would do better. On pictures as alike as these, the outer product fails even on its own
# patterns.
#
# **In the brain.** The outer product is local and immediate, like Hebbian plasticity in the recurrent connections of
# CA3; the pseudo-inverse and back-propagation need information from everywhere. A fast store of episodes and a slow
# learner of regularities complement each other, as hippocampus and cortex may do.
# ### END SOLUTION

# %% [markdown]
# ---
# ## Question 3.3: sensory preconditioning (1 mark)
#
# Ring a bell and flash a light together, many times; nothing else happens. Then let the bell, alone, be followed by
# food. Present the light, which was never followed by anything. A normal animal responds to it, an animal with
# hippocampal lesions does not. So something was learnt in the first phase, although nothing was at stake (Gluck and
# Myers, chapter 6).
#
# In the model an animal perceives four features: two stimuli $s_1, s_2$ and two features of the context, $c_1, c_2$.
#
# 1. **Preconditioning.** An autoencoder with 4 inputs and 3 hidden units reproduces ten trials in which $s_1$ and
#    $s_2$ always occur together, whatever the context. Three hidden units are too few for four features, unless the
#    code joins what always goes together.
# 2. **Conditioning.** The code is kept as it is. A linear read-out learns to predict the outcome from the hidden
#    layer: 1 if $s_1$ is present, 0 if not; $s_2$ is never there, the contexts are all four.
# 3. **Test.** $s_2$ alone, in the four contexts.
# 4. **Control.** Neither stimulus, in the four contexts.
# 5. **Compare** the responses.
#
# ### Trials
#
# A trial is a row $(s_1, s_2, c_1, c_2)$ of zeros and ones. In the preconditioning phase, there are the four contexts
# without stimuli and the four contexts with both, and the empty context $(0, 0)$ comes twice in either case: ten
# rows.

# %% id="stimulus_rows" role="answer" question="3.3"
def stimulus_rows(s1: float, s2: float) -> torch.Tensor:
    """Trials with the same stimuli in each of the four contexts.

    Parameters
    ----------
    s1, s2
        1 if the stimulus is present, else 0.

    Returns
    -------
    Shape (4, 4), floating-point: columns s1, s2, c1, c2; one row for each context (c1, c2) = (0, 0), (0, 1), (1, 0)
    and (1, 1), in any order.

    Example
    -------
    `stimulus_rows(1, 0)` is [[1, 0, 0, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 0, 1, 1]].
    """
    ### BEGIN SOLUTION
    contexts = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[s1, s2, c1, c2] for c1, c2 in contexts], dtype=torch.float32)
    ### END SOLUTION


# %% id="preconditioning_rows" role="answer" question="3.3"
def preconditioning_rows() -> torch.Tensor:
    """The ten trials of the preconditioning phase: s1 and s2 both absent or both present.

    Returns
    -------
    Shape (10, 4), floating-point: columns s1, s2, c1, c2. Both absent in the contexts (0, 0), (0, 0) again, (0, 1),
    (1, 0), (1, 1), and both present in the same five contexts; the order of the rows does not matter.

    Example
    -------
    One of the ten rows is [1, 1, 0, 1]: both stimuli in the context c1 = 0, c2 = 1.
    """
    ### BEGIN SOLUTION
    contexts = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    return torch.tensor([[s, s, c1, c2] for s in (0.0, 1.0) for c1, c2 in contexts])
    ### END SOLUTION


# %% [markdown]
# ### The read-out
#
# For features $F$ of shape $(n, k)$, one row per trial, and values $V$ of shape $(n, m)$ to predict from them, *ridge
# regression* finds the weights that minimise $\lVert F A - V\rVert^2 + \lambda\lVert A\rVert^2$:
#
# $$ A = (F^{\mathsf T}F + \lambda I_k)^{-1} F^{\mathsf T} V , \qquad \hat V = F A . $$

# %% id="get_weights" role="answer" question="3.3"
def get_weights(features: torch.Tensor, values: torch.Tensor, lamb: float = 0.001) -> torch.Tensor:
    """Ridge regression: linear weights that predict values from features.

        A = (F^T F + lamb I)^-1 F^T V

    Parameters
    ----------
    features
        F, one row per trial, shape (n, k). No constant column is added.
    values
        V, shape (n, m).
    lamb
        lambda > 0.

    Returns
    -------
    A, shape (k, m).

    Example
    -------
    One feature [[1], [1]] and values [[1], [2]] with lamb = 1: A = (2 + 1)^-1 * 3 = [[1]].
    """
    ### BEGIN SOLUTION
    gram = features.T @ features + lamb * torch.eye(features.shape[1]).to(features)  # (k, k)
    return torch.linalg.solve(gram, features.T @ values)
    ### END SOLUTION


# %% id="evaluate" role="answer" question="3.3"
def evaluate(weights: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Values that linear weights predict from features.

        V_hat = F A

    Parameters
    ----------
    weights
        A, shape (k, m).
    features
        F, shape (n, k).

    Returns
    -------
    V_hat, shape (n, m).

    Example
    -------
    With weights [[2], [1]] and features [[1, 0], [1, 1]] the values are [[2], [3]].
    """
    ### BEGIN SOLUTION
    return features @ weights
    ### END SOLUTION


# %% [markdown]
# ### Conditioning and test
#
# Steps 2 to 4 need of the network only what its hidden layer says in the four contexts: with $s_1$ alone, with $s_2$
# alone, with neither.

# %% id="conditioned_responses" role="answer" question="3.3"
def conditioned_responses(
    hidden_s1: torch.Tensor, hidden_s2: torch.Tensor, hidden_neither: torch.Tensor, lamb: float = 0.001
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Condition on s1, then test s1, s2 and neither.

    A read-out learns by ridge regression (`get_weights`) to answer 1 to every row of `hidden_s1` and 0 to every row of
    `hidden_neither`; `hidden_s2` takes no part in that. Its answers (`evaluate`) to all three are returned.

    Parameters
    ----------
    hidden_s1, hidden_s2, hidden_neither
        Hidden layer with s1 alone, s2 alone and neither stimulus, one row per context, shape (n, k) each.
    lamb
        lambda of the ridge regression.

    Returns
    -------
    The responses to s1, to s2 and to neither, of shape (n, 1) each.

    Example
    -------
    With one context and hidden layers [[1, 0]] for s1, [[1, 1]] for s2 and [[0, 1]] for neither, the read-out learns
    the weights 1 and 0 (up to lambda), so the responses are about 1, 1 and 0.
    """
    ### BEGIN SOLUTION
    features = torch.cat([hidden_s1, hidden_neither])
    outcomes = torch.cat([torch.ones(len(hidden_s1), 1), torch.zeros(len(hidden_neither), 1)]).to(features.dtype)
    weights = get_weights(features, outcomes, lamb)
    return evaluate(weights, hidden_s1), evaluate(weights, hidden_s2), evaluate(weights, hidden_neither)
    ### END SOLUTION


# %% id="check-3-3" role="check" question="3.3"
check("3.3")

# %% [markdown]
# ### The experiment
#
# Ten animals, that is ten random initial networks, are preconditioned (binary cross-entropy, Adam with step size 0.1,
# batches of 8, 2,000 epochs), conditioned and tested. The same ten without phase 1 serve as controls. This takes
# about a minute. Responses vary from animal to animal; the question is how the three responses of *one* animal
# compare.

# %% id="experiment-3-3" role="experiment" question="3.3"
def hidden_layers(net: torch.nn.Module) -> list[torch.Tensor]:
    """Hidden layer for s1 alone, s2 alone and neither, shape (4, 3) each."""
    with torch.no_grad():
        return [net.encoder(stimulus_rows(s1, s2)) for s1, s2 in ((1, 0), (0, 1), (0, 0))]


trained_networks, precondition_losses, trained_responses, untrained_responses = [], [], [], []
for seed in range(10):
    torch.manual_seed(seed)
    net = Autoencoder(4, 3)
    untrained_responses.append(torch.stack(conditioned_responses(*hidden_layers(net))))  # (3, 4, 1)
    precondition_losses.append(
        train_autoencoder(net, preconditioning_rows(), num_epochs=2000, batch_size=8, learning_rate=0.1, loss="bce")
    )
    trained_responses.append(torch.stack(conditioned_responses(*hidden_layers(net))))
    trained_networks.append(net)
trained = torch.stack(trained_responses).reshape(10, 3, 4)  # animal, stimulus (s1, s2, neither), context
untrained = torch.stack(untrained_responses).reshape(10, 3, 4)

print("animal   s1     s2   neither   s2 - s1 | without phase 1: s2 - s1")
for seed in range(10):
    s1, s2, neither = trained[seed].mean(dim=1)
    control = untrained[seed].mean(dim=1)
    print(f"{seed:>6} {s1:6.2f} {s2:6.2f} {neither:8.2f} {s2 - s1:9.3f} | {control[1] - control[0]:9.2f}")
gaps = (trained[:, 1] - trained[:, 0]).mean(dim=1)
means = trained.mean(dim=2)
above = int(((means[:, 0] > means[:, 2]) & (means[:, 1] > means[:, 2])).sum())
control_gaps = (untrained[:, 1] - untrained[:, 0]).mean(dim=1)
rows = [
    ("largest |s2 - s1| of one animal", "<= 0.13", f"{gaps.abs().max():.3f}"),
    ("animals with |s2 - s1| <= 0.13", "10 of 10", f"{int((gaps.abs() <= 0.13).sum())} of 10"),
    ("animals that respond to both more than neither", "10 of 10", f"{above} of 10"),
]
for k, (name, published) in enumerate((("s1", "0.35 to 0.90"), ("s2", "0.34 to 1.01"), ("neither", "-0.07 to 0.24"))):
    rows.append((f"mean response to {name}", published, f"{means[:, k].min():.2f} to {means[:, k].max():.2f}"))
rows.append(("s2 - s1 without phase 1", "-2.3 to 1.1", f"{control_gaps.min():.2f} to {control_gaps.max():.2f}"))
compare("sensory preconditioning, ten animals", rows)
one = [", ".join(f"{value:.2f}" for value in trained[0, k]) for k in range(3)]
print("\none animal in the four contexts: heights differ from animal to animal, s1 and s2 agree")
print("published  s1 1.32, 0.97, 0.72, 0.39; s2 1.32, 0.97, 0.72, 0.39; neither -0.11, -0.18, 0.07, 0.00")
print(f"measured   s1 {one[0]}; s2 {one[1]}; neither {one[2]}")

# %% [markdown]
# **Draw** (marked by a person, together 0.5):
#
# 1. the loss over the epochs of the preconditioning phase (`precondition_losses`);
# 2. a bar chart, mean ± standard deviation over the four contexts of one animal or over all of them, of the responses
#    to $s_1$, to $s_2$ and to neither (`trained`: animal, stimulus, context), and next to it the same without phase 1
#    (`untrained`).
#
# Write one sentence under it, as a comment or title: has the response transferred?
# (`plotting.preconditioning_bars({"s1": values, ...})`)

# %% id="figures-3-3" role="figures" question="3.3"
### BEGIN SOLUTION
# With phase 1 the response transfers to s2 completely; without it, s2 gets whatever the random code happens to give.
plotting.loss_curves(
    {f"animal {seed}": precondition_losses[seed] for seed in range(3)},
    ylabel="binary cross-entropy (nats)",
    title="Phase 1",
)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for axes, responses, title in ((left, trained, "with phase 1"), (right, untrained, "without phase 1")):
    bars = {name: responses[:, row] for row, name in enumerate(("s1", "s2", "neither"))}
    plotting.preconditioning_bars(bars, axes, title=f"{title}: ten animals, four contexts")
plt.show()
### END SOLUTION

# %% [markdown]
# ---
# ## Bonus: a stimulus that is not always right (1 bonus mark)
#
# Food rarely follows every ring of the bell. Let $s_1$ be followed by the outcome in a share $r$ of its trials only,
# and never occur without $s_1$. What does the read-out answer to $s_1$, and does the response to $s_2$ follow?

# %% id="imperfect_outcomes" role="answer" question="bonus"
def imperfect_outcomes(stimulus: torch.Tensor, reliability: float) -> torch.Tensor:
    """Outcomes that a stimulus predicts only in part.

    Parameters
    ----------
    stimulus
        One element per trial, 1 if the stimulus is present, else 0, shape (n,). Is left as it was.
    reliability
        r, share of the trials *with* the stimulus that are followed by the outcome, from 0 to 1.

    Returns
    -------
    Outcomes, shape (n, 1): 0 in every trial without the stimulus; among the n1 trials with it, exactly round(r * n1),
    drawn at random, have the outcome 1, the others 0. Every call draws anew.

    Example
    -------
    `imperfect_outcomes(torch.tensor([1.0, 0.0, 1.0, 1.0, 1.0]), 0.5)` has two ones among the trials 0, 2, 3 and 4; it
    may return [[0], [0], [1], [0], [1]].
    """
    ### BEGIN SOLUTION
    with_stimulus = torch.nonzero(stimulus)[:, 0]
    num_outcomes = round(reliability * len(with_stimulus))
    chosen = with_stimulus[torch.randperm(len(with_stimulus))[:num_outcomes]]
    outcomes = torch.zeros(len(stimulus), 1)
    outcomes[chosen] = 1
    return outcomes
    ### END SOLUTION


# %% id="check-bonus" role="check" question="bonus"
check("bonus")

# %% [markdown]
# **Condition the preconditioned animals of 3.3** (`trained_networks`) on an imperfect $s_1$: repeat the trials of
# step 2 (for example 16 times each), let `imperfect_outcomes` decide about the outcomes, and learn the read-out from
# all of these trials. Draw the responses to $s_1$, $s_2$ and neither for $r = 1$, $0.75$, $0.5$ and $0.25$ (marked by
# a person, 0.5). In one sentence: what do the responses tell an animal?

# %% id="figures-bonus" role="figures" question="bonus"
### BEGIN SOLUTION
# The read-out learns expected values: the responses to s1, and to s2 with it, shrink in proportion to r.
REPEATS = 16
RELIABILITIES = [1.0, 0.75, 0.5, 0.25]
torch.manual_seed(4)
trials = torch.cat([stimulus_rows(1, 0), stimulus_rows(0, 0)]).repeat(REPEATS, 1)  # (128, 4)
imperfect = torch.zeros(len(RELIABILITIES), 10, 3)  # reliability, animal, stimulus
for i, reliability in enumerate(RELIABILITIES):
    for j, net in enumerate(trained_networks):
        with torch.no_grad():
            outcomes = imperfect_outcomes(trials[:, 0], reliability)
            read_out = get_weights(net.encoder(trials), outcomes)
        for k, hidden in enumerate(hidden_layers(net)):
            imperfect[i, j, k] = evaluate(read_out, hidden).mean()
figure, all_axes = plt.subplots(1, len(RELIABILITIES), figsize=(13, 3.5), sharey=True, layout="constrained")
for axes, reliability, responses in zip(all_axes, RELIABILITIES, imperfect, strict=True):
    bars = {name: responses[:, k] for k, name in enumerate(("s1", "s2", "neither"))}
    plotting.preconditioning_bars(bars, axes, title=f"r = {reliability:g}")
    print(f"r = {reliability:.2f}: " + ", ".join(f"{name} {values.mean():.2f}" for name, values in bars.items()))
plt.show()
### END SOLUTION
