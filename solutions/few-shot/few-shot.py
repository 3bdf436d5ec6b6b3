# %% [markdown]
# # Few-shot learning: a memory that is written while you read
#
# You see a strange letter once and know it again. A network that is trained in the usual way needs thousands of
# examples of every class. This assignment takes the other way: it does not learn classes, it learns *to learn* them. In
# each **episode** it meets five characters that it has never seen, one drawing of each, and must name other drawings of
# the same five. What it keeps from one episode to the next is only how to look; what the five characters are is
# written, while it reads, into a small matrix that starts empty every time.
#
# | question | asks for | marks |
# |---|---|---|
# | 1 | episodes | 3 |
# | 2.a | attention to what was shown | 2 |
# | 2.b | two softmaxes (text) | 1 |
# | 3.a | writing and reading the memory | 2 |
# | 3.b | what the matrix adds (text) | 2 |
# | 4 | how sure is an accuracy | 2 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("1")` tells
# you at once whether the functions of question 1 hold on small examples; after the deadline the same functions are
# called with other inputs. So use the arguments that a function receives and nothing else. You may add cells and
# functions of your own. Never change what a caller handed you. Questions 2 and 3 are trained by gradients: stay with
# torch operations there.
#
# **Reading.**
#
# * O. Vinyals et al., *Matching networks for one shot learning*, NeurIPS 2016.
# * J. Snell et al., *Prototypical networks for few-shot learning*, NeurIPS 2017.
# * A. Storkey, *Increasing the capacity of a Hopfield network without sacrificing functionality*, ICANN 1997.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder import check
from hippo.omniglot import load_characters

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 Episodes
#
# ## Question 1: drawing and building an episode (3 marks)
#
# There are $C$ classes with $D$ drawings each. An episode has $N$ different classes ("ways"). Of each class it takes
# $K + Q$ **different** drawings: $K$ to show ("shots") and $Q$ to ask for ("queries"). And each class is turned by 0,
# 1, 2 or 3 quarters, drawn **per class and episode**: all drawings of a class are turned alike, but in the next episode
# the same class may stand on its head.
#
# Two functions: `draw` decides by chance, `episode` builds what was decided.

# %% id="draw" role="answer" question="1"
def draw(
    n_classes: int, n_drawings: int, n_ways: int, n_images: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Decide by chance what an episode is made of. Every possible episode is equally likely.

    Parameters
    ----------
    n_classes, n_drawings
        C classes to choose from, with D drawings each.
    n_ways
        N different classes are chosen, N <= C.
    n_images
        K + Q different drawings are chosen of each of them, K + Q <= D.

    Returns
    -------
    classes: N different numbers from 0 to C - 1, shape (N,).
    which: K + Q different numbers from 0 to D - 1 in each row, one row per chosen class, shape (N, K + Q).
    turns: a number from 0 to 3 for each chosen class, shape (N,).

    Torch's random numbers: torch.randperm, torch.randint, torch.rand.
    """
    ### BEGIN SOLUTION
    classes = torch.randperm(n_classes)[:n_ways]
    which = torch.stack([torch.randperm(n_drawings)[:n_images] for _ in range(n_ways)])
    turns = torch.randint(0, 4, (n_ways,))
    return classes, which, turns
    ### END SOLUTION


# %% id="episode" role="answer" question="1"
def episode(
    drawings: torch.Tensor, classes: torch.Tensor, which: torch.Tensor, turns: torch.Tensor, n_shots: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Build the episode that was decided.

    Parameters
    ----------
    drawings
        All drawings, shape (C, D, S, S). Is left as it was.
    classes, which, turns
        As from `draw`. Drawing which[i, j] of class classes[i] is turned by turns[i] quarters, counter-clockwise, as
        torch.rot90(image, 1) turns an image by one quarter.
    n_shots
        K: the first K drawings of each row of `which` are shown, the others are asked for.

    Returns
    -------
    support: the images that are shown, shape (K * N, S, S): the first shot of class 0, 1, ..., N - 1, then the second
        shot of class 0, 1, ..., and so on.
    support_labels: the class of each, 0 to N - 1 (its place in `classes`), shape (K * N,).
    query: the images that are asked for, shape (N * Q, S, S): all of class 0, then all of class 1, and so on.
    query_labels: the class of each, shape (N * Q,).

    Example
    -------
    With classes [7, 3], which [[4, 0, 1], [2, 5, 6]], turns [0, 2] and one shot, the support is drawing 4 of class 7 as
    it is and drawing 2 of class 3 upside down, with the labels [0, 1]; the query labels are [0, 0, 1, 1].
    """
    ### BEGIN SOLUTION
    images = drawings[classes[:, None], which]  # (N, K + Q, S, S)
    n_ways, n_images = which.shape
    images = torch.stack([torch.rot90(images[i], int(turns[i]), (-2, -1)) for i in range(n_ways)])
    labels = torch.arange(n_ways)
    support = images[:, :n_shots].transpose(0, 1).flatten(0, 1)
    query = images[:, n_shots:].flatten(0, 1)
    return support, labels.repeat(n_shots), query, labels.repeat_interleave(n_images - n_shots)
    ### END SOLUTION


# %% id="check-1" role="check" question="1"
check("1")

# %% [markdown]
# Characters: Omniglot (1,623 characters of 50 alphabets, drawn by 20 people) if the environment variable `HIPPO_DATA`
# names a folder that holds it, generated glyphs otherwise. A third of the characters is kept for the test: they are
# never seen in training.

# %% id="experiment-1" role="experiment" question="1"
characters = load_characters(allow_generated=True)
drawings = characters.images.float().reshape(-1, 20, 28, 28)
torch.manual_seed(0)
order = torch.randperm(len(drawings))
cut = 2 * len(drawings) // 3
known, novel = drawings[order[:cut]], drawings[order[cut:]]

support, support_labels, query, query_labels = episode(known, *draw(len(known), 20, 5, 3), n_shots=1)
figure, panels = plt.subplots(3, 5, figsize=(6, 4), layout="constrained")
for way in range(5):
    images = [support[support_labels == way][0], *query[query_labels == way]]
    for row, image in enumerate(images):
        panels[row, way].imshow(image, cmap="gray_r")
        panels[row, way].set(xticks=[], yticks=[])
    panels[0, way].set_title(f"class {way}")
panels[0, 0].set_ylabel("shown")
panels[1, 0].set_ylabel("asked")
figure.suptitle(f"An episode of {characters.name}")
plt.show()

# %% [markdown]
# ---
# # 2 Naming
#
# A network turns every image into an embedding, a row of $d$ features. A query $y$ is compared with the embeddings
# $s_1 \dots s_n$ of all that was shown, and takes over the labels of what it resembles.
#
# ## Question 2.a: attention to what was shown (2 marks)
#
# $$ a = \mathrm{softmax}(y S^{\mathsf T}), \qquad p = \mathrm{softmax}(a L), \qquad
#    \ell = \frac1{mN} \sum_{q=1}^{m} \sum_{c=1}^{N} (p_{qc} - t_{qc})^2 , $$
#
# with $s_k$ as the rows of $S$, one-hot labels as the rows of $L$, and the one-hot truth $t$. Yes, **two** softmaxes:
# the second is the published program's, and question 2.b asks what it does.

# %% id="attend" role="answer" question="2.a"
def attend(query: torch.Tensor, support: torch.Tensor, labels: torch.Tensor, n_ways: int) -> torch.Tensor:
    """Probability of each class for each query.

        a = softmax(y S^T),    p = softmax(a L)

    Parameters
    ----------
    query
        Embeddings of the queries as rows, shape (m, d).
    support
        S, embeddings of what was shown as rows, shape (n, d).
    labels
        Their classes, 0 to N - 1, shape (n,); in any order, and a class may have several.
    n_ways
        N.

    Returns
    -------
    p, shape (m, N); each row sums to 1.

    Example
    -------
    A query (100, 0) and the support (1, 0), (0, 1) with labels 1, 0: a = (1, 0), so aL = (0, 1), and
    p = (1, e)/(1 + e) = (0.2689, 0.7311).
    """
    ### BEGIN SOLUTION
    attention = torch.softmax(query @ support.T, dim=1)
    one_hot = nn.functional.one_hot(labels, n_ways).to(attention.dtype)
    return torch.softmax(attention @ one_hot, dim=1)
    ### END SOLUTION


# %% id="loss" role="answer" question="2.a"
def loss(p: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean squared error of probabilities.

        1/(m N) sum_q sum_c (p_qc - t_qc)^2

    Parameters
    ----------
    p
        Shape (m, N).
    labels
        True classes, 0 to N - 1, shape (m,).

    Returns
    -------
    One number.

    Example
    -------
    For p = [[0.2, 0.2, 0.2, 0.2, 0.2]] and any label it is (0.8^2 + 4 * 0.2^2)/5 = 0.16: the loss of a guess.
    """
    ### BEGIN SOLUTION
    return (p - nn.functional.one_hot(labels, p.shape[1])).square().mean()
    ### END SOLUTION


# %% id="check-2-a" role="check" question="2.a"
check("2.a")

# %% [markdown]
# ## Question 2.b: two softmaxes (1 mark)
#
# 1. What is the largest probability that $p$ can give to the right one of five classes, and the smallest loss?
# 2. A guess has a loss of 0.16. Why do these numbers make training slow, and why are the *answers* nevertheless not
#    held back? About 80 words.

# %% [markdown] id="answer-2-b" role="written" question="2.b"
# ### BEGIN SOLUTION
# **Ceiling.** $aL$ lies between 0 and 1. At best it is 1 for the right class and 0 for the others, and the second
# softmax makes $e/(e + 4) = 0.405$ of it; the four others get 0.149 each. The loss is then
# $(0.595^2 + 4 \cdot 0.149^2)/5 = 0.0886$.
#
# **Slow, not wrong.** All of learning takes place between 0.16 and 0.0886: the second softmax flattens differences, so
# gradients are small, and they hardly distinguish a good episode from a perfect one. The answer is the class with the
# largest $p$, and a softmax keeps the order: the answers are those of $aL$.
# ### END SOLUTION

# %% [markdown]
# ---
# # 3 The memory
#
# ## Question 3.a: writing and reading the memory (2 marks)
#
# What was shown is written into a $d \times d$ matrix that starts at $M = 0$, one embedding $s$ after the other, $n$ in
# all:
#
# $$ B = M + \tfrac1d s s^{\mathsf T}, \qquad q = B s, \qquad
#    M \leftarrow M + \tfrac1n \cdot \tfrac1d \left( B - q s^{\mathsf T} - s q^{\mathsf T} \right) . $$
#
# Reading pulls a query $e$ once towards what was written, then normalises it over its $d$ features and rectifies it:
#
# $$ u = e + M e, \qquad
#    y_i = \max\!\left(0, \frac{u_i - \bar u}{\sqrt{\mathrm{var}(u) + 10^{-5}}}\right), $$
#
# with $\bar u$ the mean and $\mathrm{var}(u) = \frac1d \sum_i (u_i - \bar u)^2$. (In training each feature has a gain
# and a bias as well; leave them out.) What is shown is *not* read: $S$ in question 2 holds the embeddings as they are.

# %% id="write" role="answer" question="3.a"
def write(embeddings: torch.Tensor) -> torch.Tensor:
    """Write embeddings into an empty matrix, one after the other.

        B = M + s s^T/d,    q = B s,    M <- M + (B - q s^T - s q^T)/(n d)

    Parameters
    ----------
    embeddings
        s_1 ... s_n as rows, in the order of writing, shape (n, d).

    Returns
    -------
    M, shape (d, d).

    Example
    -------
    For the one embedding (1, 0): B = [[1/2, 0], [0, 0]], q = (1/2, 0), and M = [[-1/4, 0], [0, 0]]. For the one
    embedding (1/2, 0): B = [[1/8, 0], [0, 0]], q = (1/16, 0), and M = [[1/32, 0], [0, 0]].
    """
    ### BEGIN SOLUTION
    n, d = embeddings.shape
    memory = torch.zeros(d, d)
    for s in embeddings:
        b = memory + torch.outer(s, s) / d
        q = b @ s
        memory = memory + (b - torch.outer(q, s) - torch.outer(s, q)) / (n * d)
    return memory
    ### END SOLUTION


# %% id="recall" role="answer" question="3.a"
def recall(memory: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
    """Pull embeddings towards what was written, normalise and rectify them.

        u = e + M e,    y = ReLU((u - mean(u)) / sqrt(var(u) + 1e-5))

    Parameters
    ----------
    memory
        M, shape (d, d).
    embeddings
        Rows e, shape (m, d). Is left as it was.

    Returns
    -------
    Rows y, shape (m, d). Mean and variance (the mean of squares, 1/d) are those of a row.

    Example
    -------
    With M = [[1, 0], [0, 0]] the row (1, 0) becomes u = (2, 0) and y = (1, 0); the row (1, 4) becomes u = (2, 4) and
    y = (0, 1), both up to 1e-5.
    """
    ### BEGIN SOLUTION
    pulled = embeddings + embeddings @ memory.T
    return torch.relu(nn.functional.layer_norm(pulled, pulled.shape[1:]))
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# The experiment: a small net with three arms. *No memory* compares the query as it is; *memory* reads it from the
# matrix; and *layer norm only* reads it from a matrix that is never written. Each is trained on the same 300 episodes,
# which takes about ten seconds; the published runs took 100,000.

# %% id="experiment-3" role="experiment" question="3.b"
def pool(x):
    return nn.functional.max_pool2d(x, 3, 2, padding=x.shape[-1] % 2, ceil_mode=True)


class Net(nn.Module):
    """Five blocks of convolution, pooling and ReLU: 28, 14, 7, 4, 2, 1 pixels."""

    def __init__(self, n_features=32):
        super().__init__()
        inputs = (1, n_features, n_features, n_features, n_features)
        self.layers = nn.ModuleList(nn.Conv2d(n, n_features, 3, padding=1) for n in inputs)
        for layer in self.layers:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, images):
        x = images[:, None]
        for layer in self.layers:
            x = torch.relu(pool(layer(x)))
        return x.flatten(1)


def answers(net, arm, task):
    """Probabilities for the queries of an episode."""
    support, support_labels, query, _ = task
    s, y = net(torch.cat([support, query])).split([len(support), len(query)])
    if arm == "memory":
        y = recall(write(s), y)
    elif arm == "layer norm only":
        y = recall(torch.zeros(s.shape[1], s.shape[1]), y)
    return attend(y, s, support_labels, 5)


right = {}
for arm in ("no memory", "layer norm only", "memory"):
    torch.manual_seed(1)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-4)
    for _ in range(300):
        task = episode(known, *draw(len(known), 20, 5, 3), n_shots=1)
        value = loss(answers(net, arm, task), task[3])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    torch.manual_seed(2)
    tasks = [episode(novel, *draw(len(novel), 20, 5, 3), n_shots=1) for _ in range(200)]
    with torch.no_grad():
        right[arm] = torch.stack([answers(net, arm, task).argmax(1) == task[3] for task in tasks]).float()
    print(f"{arm:16s} {float(right[arm].mean()):.3f} of the queries of 200 new tasks")
print("published, Omniglot, 100,000 episodes: no memory 0.907, memory 0.981")

# %% [markdown]
# ## Question 3.b: what the matrix adds (2 marks)
#
# The published comparison has two arms: *no memory*, $y = e$, and *memory*, $y = \mathrm{ReLU}(\mathrm{LN}(e + Me))$.
# It concludes that the attractor memory lifts the accuracy from 0.907 to 0.981. An independent run got 0.897 and 0.975,
# and for the arm that the publication left out, *layer norm only*, 0.939.
#
# 1. Why does the published pair of arms not show what the matrix does? What may be concluded from all three?
# 2. Why can a layer norm alone help, when queries are compared by dot products inside a softmax?
# 3. A fourth arm compares by distances, $-|e - s|^2$, with cross-entropy as the loss, and has neither matrix nor layer
#    norm; it reached 0.983 with fewer episodes. What does that say about the memory? About 150 words in all.

# %% [markdown] id="answer-3-b" role="written" question="3.b"
# ### BEGIN SOLUTION
# **The control.** The two arms differ in two things at once, the matrix and the normalisation with its ReLU. A
# difference between them may come from either. The arm with $M = 0$ has the one without the other: 0.897 to 0.939 is
# owed to the normalisation (about half of the gain), 0.939 to 0.975 to the matrix. (The arms were trained for different
# numbers of episodes, one seed each; a fair comparison gives each the same.)
#
# **Why it helps.** Dot products grow with the length of the embeddings. Without normalisation the length of a query is
# the temperature of its softmax: faint queries attend to everything, large ones saturate. Layer norm gives all queries
# the same length, takes off the mean that all share, and its gain learns one good temperature.
#
# **Distances.** Much of the handicap that the memory makes up for lies in the readout: dot products, two softmaxes and
# squared error. With a better comparison and loss nothing needs to be made up for. The matrix helps *this* readout;
# that few-shot learning needs a memory does not follow. (Distance and loss were changed together, so which of them
# helps is again open.)
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 Evaluation
#
# ## Question 4: how sure is an accuracy (2 marks)
#
# "0.981 ± 0.04" can mean two things. The accuracy of a *task* scatters, because it has only ten queries and some tasks
# are harder than others: that is the standard deviation over tasks. The *mean* of many tasks is known much better: that
# is its standard error.

# %% id="summary" role="answer" question="4"
def summary(right: torch.Tensor) -> tuple[float, float, float]:
    """Mean accuracy, its scatter from task to task, and how well the mean is known.

    Parameters
    ----------
    right
        1 where a query was named rightly and 0 where not; one row per task, shape (n, m), n at least 2.

    Returns
    -------
    mean: of all queries.
    deviation: standard deviation of the n accuracies of the tasks, with n - 1.
    error: standard error of the mean, deviation / sqrt(n).

    Example
    -------
    For [[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]] the tasks have 1, 0.5 and 0.75: mean 0.75, deviation 0.25, error
    0.1443.
    """
    ### BEGIN SOLUTION
    accuracies = right.float().mean(dim=1)
    deviation = accuracies.std()
    return float(accuracies.mean()), float(deviation), float(deviation / len(accuracies) ** 0.5)
    ### END SOLUTION


# %% id="check-4" role="check" question="4"
check("4")

# %% id="experiment-4" role="experiment" question="4"
for arm, answered in right.items():
    mean, deviation, error = summary(answered)
    alone = (mean * (1 - mean) / answered.shape[1]) ** 0.5
    print(f"{arm:16s} {mean:.3f} ± {deviation:.3f} from task to task, ± {error:.4f} for the mean;", end=" ")
    print(f"ten coins of this bias scatter by {alone:.3f}")
