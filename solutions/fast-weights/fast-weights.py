# %% [markdown]
# # Fast weights
#
# Synapses that change within a second hold what has just happened; slow ones hold what has been learnt. Ba and others
# (2016) gave a recurrent network such *fast weights*: at every step it writes its state into a matrix, by Hebb's
# rule, and reads from it what past states were like the present one. With 30 units it learns within a thousand training
# steps what an LSTM of the same size needs more than ten times as long for.
#
# | question | asks for | marks |
# |---|---|---|
# | 1 | the task | 2 |
# | 2 | the recurrence, with a matrix | 4 |
# | 3.a | the same without the matrix | 2 |
# | 3.b | why the two are one (text) | 2 |
# | 4.a | what the network needs: a figure | 1 |
# | 4.b | plateaus and norms (text) | 1 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("2")` tells
# you at once whether the functions of question 2 hold on small examples; after the deadline the same functions are
# called
# with other inputs. So use the arguments that a function receives and nothing else. You may add cells and functions of
# your own. Never change what a caller handed you.
#
# **Reading.**
#
# * J. Ba, G. Hinton, V. Mnih, J. Leibo, C. Ionescu, *Using fast weights to attend to the recent past*, NIPS 2016.
# * J. Ba, J. Kiros, G. Hinton, *Layer normalization*, 2016.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder import check

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 The task
#
# ## Question 1: associative retrieval (2 marks)
#
# A sequence of length $K$ names $K/2$ pairs of a letter and a digit, then asks for the digit of one of the letters:
#
# $$ \texttt{a3f7?f} \to \texttt{7} \qquad (K = 4). $$
#
# Tokens are numbers: `a` to `z` are 0 to 25, `?` is 26, the digits `0` to `9` are 27 to 36. The letters of a sequence
# are different from each other, and so are its digits; every choice is as likely as every other, and so is the
# letter that
# is asked for.
#
# `torch.Generator().manual_seed(seed)` makes a source of random numbers of your own; give it to `torch.rand`,
# `torch.randperm` or `torch.randint` as `generator=`.

# %% id="draw_sequences" role="answer" question="1"
def draw_sequences(n: int, length: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences of the associative retrieval task, and what is asked of each.

    Parameters
    ----------
    n
        How many sequences.
    length
        K, even, 2 to 20.
    seed
        The same seed gives the same sequences, another seed gives others.

    Returns
    -------
    tokens, shape (n, K + 2), whole numbers (int64): letter, digit, letter, digit, ..., 26, the letter asked for;
    targets, shape (n,), int64: the token of that letter's digit, 27 to 36.

    Example
    -------
    "a3f7?f" has the tokens [0, 30, 5, 34, 26, 5] and the target 34.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    n_pairs = length // 2
    # the order of random numbers is a random order; its start is a draw without replacement
    letters = torch.rand(n, 26, generator=generator).argsort(dim=1)[:, :n_pairs]
    digits = torch.rand(n, 10, generator=generator).argsort(dim=1)[:, :n_pairs] + 27
    asked = torch.randint(n_pairs, (n, 1), generator=generator)
    pairs = torch.stack([letters, digits], dim=2).reshape(n, length)
    tokens = torch.cat([pairs, torch.full((n, 1), 26), letters.gather(1, asked)], dim=1)
    return tokens, digits.gather(1, asked)[:, 0]
    ### END SOLUTION


# %% id="check-1" role="check" question="1"
check("1")

# %% [markdown]
# ---
# # 2 The recurrence
#
# ## Question 2: a network with a matrix for a memory (4 marks)
#
# Inputs $x_1 \dots x_T$, state $h_0 = 0$ with $H$ units, memory $A_0 = 0$. States and inputs are **rows**. For
# $t = 1 \dots T$:
#
# $$ z = h_{t-1} W + x_t C , \qquad A_t = \lambda A_{t-1} + \eta\, h_{t-1} h_{t-1}^{\mathsf T} , $$
#
# $$ h^{(0)} = \mathrm{ReLU}(z), \qquad h^{(s)} = \mathrm{ReLU}\big( \mathrm{LN}(z + A_t h^{(s-1)}) \big)
#    \quad s = 1 \dots S, \qquad h_t = h^{(S)} . $$
#
# So the memory is written **before** it is read, with the state of the step **before**; $z$ stays as it is while the
# inner loop runs. Every sequence of a batch has a memory of its own. Layer norm makes the $H$ units of one state
# comparable:
#
# $$ \mathrm{LN}(u) = g \odot \frac{u - \bar u}{\sigma_u + 10^{-5}} + b, \qquad
#    \bar u = \tfrac1H \sum_i u_i, \quad \sigma_u^2 = \tfrac1H \sum_i (u_i - \bar u)^2 . $$
#
# Three functions, of which the third may call the other two.

# %% id="layer_norm" role="answer" question="2"
def layer_norm(u: torch.Tensor, gain: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Layer norm over the last dimension.

        LN(u) = gain * (u - mean u) / (std u + 1e-5) + bias, mean and std over the H units, std with 1/H

    Parameters
    ----------
    u
        Shape (..., H).
    gain, bias
        Shape (H,).

    Returns
    -------
    Shape (..., H).

    Example
    -------
    For u = [[1, 3]], gain [2, 1] and bias [0, 5] the mean is 2 and the std 1: the result is [[-2, 6]].
    """
    ### BEGIN SOLUTION
    centred = u - u.mean(dim=-1, keepdim=True)
    spread = u.std(dim=-1, correction=0, keepdim=True)
    return gain * centred / (spread + 1e-5) + bias
    ### END SOLUTION


# %% id="write" role="answer" question="2"
def write(memory: torch.Tensor, h: torch.Tensor, decay: float, rate: float) -> torch.Tensor:
    """Write a state into the memory of each sequence.

        A <- decay A + rate h h^T

    Parameters
    ----------
    memory
        A of each sequence, shape (B, H, H). Is left as it was.
    h
        State of each sequence, shape (B, H).
    decay, rate
        lambda and eta.

    Returns
    -------
    Shape (B, H, H).

    Example
    -------
    From the memory [[[0, 0], [0, 2]]], h = [[1, 2]], decay 0.5 and rate 1 comes [[[1, 2], [2, 5]]].
    """
    ### BEGIN SOLUTION
    return decay * memory + rate * h[:, :, None] * h[:, None, :]
    ### END SOLUTION


# %% id="states_by_matrix" role="answer" question="2"
def states_by_matrix(
    x: torch.Tensor,
    w: torch.Tensor,
    c: torch.Tensor,
    gain: torch.Tensor | None,
    bias: torch.Tensor | None,
    decay: float,
    rate: float,
    n_inner: int,
) -> torch.Tensor:
    """States of a network with fast weights, after every input.

    Parameters
    ----------
    x
        Inputs, shape (B, T, D).
    w, c
        Slow weights of the state, shape (H, H), and of the inputs, shape (D, H).
    gain, bias
        Of the layer norm, shape (H,). If both are None there is no layer norm: LN(u) = u.
    decay, rate
        lambda and eta.
    n_inner
        S, 1 or more.

    Returns
    -------
    h_1 ... h_T, shape (B, T, H).

    Example
    -------
    With x = [[[1, 0], [0, 1]]], w = 0, c = [[1, 3], [1, 0.8]], gain [1, 1], bias [0, 0], decay 0.9, rate 0.5 and one
    inner step the states are [[[0, 1], [0, 1]]] (up to 1e-4): the first input leaves [0, 1], and the memory of it lifts
    the second unit above the first at the second step. With rate 0 the second state is [1, 0].
    """
    ### BEGIN SOLUTION
    n, n_hidden = len(x), len(w)
    h, memory = x.new_zeros(n, n_hidden), x.new_zeros(n, n_hidden, n_hidden)
    states = []
    for t in range(x.shape[1]):
        z = h @ w + x[:, t] @ c
        memory = write(memory, h, decay, rate)
        h = torch.relu(z)
        for _ in range(n_inner):
            u = z + (memory @ h[:, :, None])[:, :, 0]
            h = torch.relu(u if gain is None else layer_norm(u, gain, bias))
        states.append(h)
    return torch.stack(states, dim=1)
    ### END SOLUTION


# %% id="check-2" role="check" question="2"
check("2")

# %% [markdown]
# ---
# # 3 Without the matrix
#
# ## Question 3.a: reading as attention (2 marks)
#
# The matrix has $H^2$ numbers per sequence, and training keeps one copy for every step. But all that was ever written
# into it are the states $h_0 \dots h_{t-1}$, and all that is ever read is $A_t v$:
#
# $$ A_t v = \eta \sum_{\tau=0}^{t-1} \lambda^{t-1-\tau}\, h_\tau \, (h_\tau^{\mathsf T} v) . $$
#
# Compare $v$ with every past state, and add the states up, each as strongly as it is alike and recent. Your function is
# also called with a state of 30,000 units, whose matrix fits in no memory that it is given.

# %% id="read_by_attention" role="answer" question="3.a"
def read_by_attention(states: torch.Tensor, v: torch.Tensor, decay: float, rate: float) -> torch.Tensor:
    """Read A v from the states that were written, without A.

        A v = rate sum_tau decay^(t-1-tau) h_tau (h_tau . v),    tau = 0 ... t-1

    Parameters
    ----------
    states
        h_0 ... h_(t-1) of each sequence, the oldest first, shape (B, t, H). t may be 0: then A = 0.
    v
        Shape (B, H).
    decay, rate
        lambda and eta.

    Returns
    -------
    A v, shape (B, H).

    Example
    -------
    For the states [[[1, 0], [1, 1]]], v = [[2, 3]], decay 0.5 and rate 1: the older is alike by 2 and counts half, the
    newer by 5. The result is 0.5 * 2 * [1, 0] + 5 * [1, 1] = [[6, 5]].
    """
    ### BEGIN SOLUTION
    n_states = states.shape[1]
    ages = torch.arange(n_states - 1, -1, -1, dtype=states.dtype)
    alike = (states * v[:, None, :]).sum(dim=2)  # (B, t)
    weights = rate * decay**ages * alike
    return (weights[:, :, None] * states).sum(dim=1)
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# ## Question 3.b: why the two are one (2 marks)
#
# 1. Prove by induction over $t$ that the sum above is $A_t v$ with $A_t$ of question 2.
# 2. Count, for one read and one sequence: how many multiplications does each form need, and how many numbers must be
#    kept for the backward pass of a whole sequence of $T$ steps? When is which form better?
# 3. Attention in a transformer also compares and adds up. Name two differences. About 40 words.

# %% [markdown] id="answer-3-b" role="written" question="3.b"
# ### BEGIN SOLUTION
# **Proof.** $t = 0$: the sum is empty and $A_0 = 0$. If $A_{t-1} = \eta \sum_{\tau=0}^{t-2} \lambda^{t-2-\tau} h_\tau
# h_\tau^{\mathsf T}$, then $A_t = \lambda A_{t-1} + \eta h_{t-1} h_{t-1}^{\mathsf T} = \eta \sum_{\tau=0}^{t-2}
# \lambda^{t-1-\tau} h_\tau h_\tau^{\mathsf T} + \eta \lambda^0 h_{t-1} h_{t-1}^{\mathsf T}$, which is the sum up to
# $t - 1$. Multiplied by $v$, $(h_\tau h_\tau^{\mathsf T}) v = h_\tau (h_\tau^{\mathsf T} v)$, a vector times a number.
#
# **Cost.** Matrix: $H^2$ multiplications for a read, and about $2 H^2$ more to write; the backward pass keeps $T$
# matrices, $T H^2$ numbers. Attention: $tH$ to compare and $tH$ to add up, $2tH$; it keeps the states, $TH$ numbers
# (and $T^2$ weights). Attention is better as long as the sequence is shorter than about the number of units, the
# matrix for
# long sequences: its cost per step does not grow.
#
# **Differences.** A transformer divides by a sum of exponentials (softmax), so weights are positive and add up to one;
# here they may be of any size. It has learnt, different projections for query, key and value; here the state is all
# three. It knows no decay with age. (Two of them.)
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 Learning
#
# A readout with 100 hidden units turns the last state into one logit per token. Three networks learn $K = 4$ with
# batches of 256: the whole one, one without layer norm, and one that writes nothing ($\eta = 0$). It takes about
# a minute.

# %% id="experiment-4-a" role="experiment" question="4.a"
K, N_ITERATIONS, EVERY = 4, 1000, 100


def one_hot(tokens):
    return nn.functional.one_hot(tokens, 37).float()


class Network(nn.Module):
    def __init__(self, rate, normed, n_hidden=30):
        super().__init__()
        self.w = nn.Parameter(0.05 * torch.eye(n_hidden))
        self.c = nn.Parameter(nn.init.xavier_uniform_(torch.empty(37, n_hidden)))
        self.gain = nn.Parameter(torch.ones(n_hidden)) if normed else None
        self.bias = nn.Parameter(torch.zeros(n_hidden)) if normed else None
        self.readout = nn.Sequential(nn.Linear(n_hidden, 100), nn.ReLU(), nn.Linear(100, 37))
        for layer in (self.readout[0], self.readout[2]):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.rate = rate

    def forward(self, x):
        states = states_by_matrix(x, self.w, self.c, self.gain, self.bias, 0.9, self.rate, 1)
        return self.readout(states[:, -1])


def share_right(network, x, targets):
    with torch.no_grad():
        return float((network(x).argmax(dim=1) == targets).float().mean())


tokens, targets = draw_sequences(50_000, K, 0)
test_tokens, test_targets = draw_sequences(4000, K, 1)
networks, curves = {}, {}
for name, rate, normed in (("fast weights", 0.5, True), ("no layer norm", 0.5, False), ("η = 0", 0.0, True)):
    torch.manual_seed(0)
    network = networks[name] = Network(rate, normed)
    optimizer = torch.optim.Adam(network.parameters(), lr=4e-3)
    curves[name] = []
    for i in range(1, N_ITERATIONS + 1):
        optimizer.param_groups[0]["lr"] = 4e-3 * min(1, i / 100)  # a slow start spares some runs a long plateau
        rows = torch.randint(len(tokens), (256,))
        loss = nn.functional.cross_entropy(network(one_hot(tokens[rows])), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if i % EVERY == 0:
            curves[name].append(share_right(network, one_hot(test_tokens), test_targets))
    print(f"{name:<14} right after {N_ITERATIONS} iterations: {curves[name][-1]:.3f}")

#: Read off a published figure: share of right answers of trained fast weights with noise on the query.
PUBLISHED = {0.0: 1.0, 0.1: 0.966, 0.2: 0.796, 0.3: 0.692, 0.5: 0.604, 0.7: 0.571, 0.95: 0.546}
noisy = {}
for std in PUBLISHED:
    x = one_hot(test_tokens)
    x[:, -1] += std * torch.randn(len(x), 37)
    noisy[std] = share_right(networks["fast weights"], x, test_targets)
print("noise on the query:  σ, published | measured")
for std, published in PUBLISHED.items():
    print(f"{std:5.2f} {published:6.3f} | {noisy[std]:6.3f}")

# %% [markdown]
# ## Question 4.a: a figure (1 mark)
#
# Draw, in two panels with axes labelled, the share of right answers against iterations for the three networks, with a
# line at the share that one would expect of a network that knows which digits came but not after which letters; and the
# share against the noise on the query, beside the published values.

# %% id="figures-4-a" role="figures" question="4.a"
### BEGIN SOLUTION
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
iterations = range(EVERY, N_ITERATIONS + 1, EVERY)
for marker, (name, curve) in zip("os^", curves.items(), strict=True):
    left.plot(iterations, curve, marker=marker, label=name)
left.axhline(2 / K, color="0.5", linestyle="--", label=f"knows the digits: {2 / K:g}")
left.set(xlabel="iteration (batches of 256)", ylabel="share of right answers", ylim=(0, 1.05), title=f"K = {K}")
left.legend()
right.plot(list(noisy), list(noisy.values()), marker="o", label="measured")
right.plot(list(PUBLISHED), list(PUBLISHED.values()), "kx", label="published")
right.set(xlabel="s.d. of the noise on the query", ylabel="share of right answers", ylim=(0, 1.05), title="With noise")
right.legend()
plt.show()
### END SOLUTION

# %% [markdown]
# ## Question 4.b: plateaus and norms (1 mark)
#
# 1. Which share does a network reach that has learnt which digits came but not after which letters? What is it for
#    $K = 4$ and $K = 8$, and which of your networks stay there?
# 2. Look at $A_t h$ when the state is large, and when the same state is written again and again. Why does the network
#    learn so much better with layer norm? About 60 words.

# %% [markdown] id="answer-4-b" role="written" question="4.b"
# ### BEGIN SOLUTION
# **Plateau.** It guesses among $K/2$ digits: $1/(K/2)$, that is $1/2$ for $K = 4$ and $1/4$ for $K = 8$. The network
# with $\eta = 0$ stays there, and so does, for $K = 8$ at least, the one without layer norm.
#
# **Layer norm.** $A_t h$ grows with the *third* power of the size of the states ($h_\tau$ twice and $h$ once), and
# with the number of similar states that were written, up to $1/(1-\lambda) = 10$ times. What is read feeds the next
# state,
# which is written in turn: sizes run away or die out, differently from sequence to sequence, and gradients with
# them. Layer norm
# sets mean and spread of every state anew, so that only the *direction* of what is read counts, however large it is.
# ### END SOLUTION
