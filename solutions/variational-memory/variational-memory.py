# %% [markdown]
# # Variational memory
#
# A friend draws a character that you have never seen. Beside it lies a pile of drawings, and somewhere in the pile is
# another drawing of the same character. If you find it, you can say very well what your friend's drawing looks like.
# Nobody tells you where it is. How does a network learn to look in the right place, when a place is a whole number and
# whole numbers have no gradient?
#
# *Variational memory addressing* treats the place as a hidden variable $a$. The model says how probable a query $x$ is,
# given a memory $M$ of items $m_1 \dots m_T$ (and some learned *dummies*; there are $N$ addresses altogether):
#
# $$ p(x \mid M) = \frac1N \sum_a p(x \mid m_a) . $$
#
# A second network proposes where to look, $q(a \mid M, x)$. This assignment builds the pieces that train it and ends
# with a memory of handwritten digits that finds digits it was never trained on.
#
# | question | asks for | marks |
# |---|---|---|
# | 1.a | the bound of several samples | 1 |
# | 1.b | leave one out | 2 |
# | 2.a | a loss for the addresses | 3 |
# | 2.b | two samples, and a clamp (text) | 2 |
# | 3.a | where to look | 2 |
# | 3.b | what the address tells, and an empty hand (text) | 2 |
# | 4 | a memory for every query, and a figure | 2 |
#
# **How it works.** You complete *functions*; cells below them call your functions in experiments. `check("1.a")` tells
# you at once whether the functions of question 1.a hold on small examples; after the deadline the same functions are
# called with other inputs. So use the arguments that a function receives and nothing else. You may add cells and
# functions of your own. Never change what a caller handed you (`x = x.clone()` makes a copy of your own).
#
# **Reading.**
#
# * J. Bornschein, A. Mnih, D. Zoran, D. Rezende, *Variational Memory Addressing in Generative Models*, NIPS 2017.
# * A. Mnih, D. Rezende, *Variational Inference for Monte Carlo Objectives* (VIMCO), ICML 2016.

# %%
import math

import matplotlib.pyplot as plt
import torch

from autograder import check

torch.set_printoptions(precision=4, sci_mode=False, linewidth=120)

# %% [markdown]
# ---
# # 1 Several guesses
#
# ## Question 1.a: the bound of several samples (1 mark)
#
# Draw $K$ addresses $a_1 \dots a_K$ from $q(a)$ and give each a weight $w_k = p(x, a_k) / q(a_k)$. Their mean is an
# unbiased estimate of $p(x)$, so its logarithm is a lower bound of $\log p(x)$ on average, in nats, and a tighter one
# the larger $K$ is:
#
# $$ L_K = \log \frac1K \sum_{k=1}^{K} w_k . $$
#
# For images the log-weights are numbers like $-400$: $e^{-400}$ is 0 in float32. Never leave the logarithm.

# %% id="bound" role="answer" question="1.a"
def bound(log_w: torch.Tensor) -> torch.Tensor:
    """Lower bound of log p(x) from K samples.

        L_K = log( 1/K sum_k w_k )

    Parameters
    ----------
    log_w
        log w_1 ... log w_K as rows, one row per query, shape (n, K), K at least 1. Any size, such as -5000 or 300.

    Returns
    -------
    One number per query, shape (n,), in nats.

    Example
    -------
    For [[0, 0], [0, log 3]] it is [0, log 2].
    """
    ### BEGIN SOLUTION
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])
    ### END SOLUTION


# %% id="check-1-a" role="check" question="1.a"
check("1.a")

# %% [markdown]
# ## Question 1.b: leave one out (2 marks)
#
# How good was guess $k$? Compare the bound with what the *other* guesses would have given alone:
#
# $$ L_{-k} = \log \frac{1}{K-1} \sum_{j \ne k} w_j . $$
#
# The obvious shortcut, $\log(e^{S} - w_k)$ with $S = \log\sum_j w_j$, fails just when it matters: if one weight leads
# all others by more than float32 can tell, the difference is 0. A published program clamps it and gets $-12.6$ where
# $-51.1$ is right (the first entry of $[0, -50, -60, -70]$). Sum the others instead of subtracting one.

# %% id="leave_one_out" role="answer" question="1.b"
def leave_one_out(log_w: torch.Tensor) -> torch.Tensor:
    """The bound without each sample in turn.

        L_-k = log( 1/(K-1) sum_(j != k) w_j )

    Parameters
    ----------
    log_w
        Log-weights, shape (n, K), K at least 2. One may lead the others by thousands.

    Returns
    -------
    L_-1 ... L_-K as rows, shape (n, K), all finite.

    Example
    -------
    For [[0, -50, -60, -70]] it is [[-51.0986, -1.0986, -1.0986, -1.0986]]; the last three are log(1/3).
    """
    ### BEGIN SOLUTION
    n_samples = log_w.shape[1]
    table = log_w[:, None, :].repeat(1, n_samples, 1)  # (n, K, K), row k leaves k out
    own = torch.eye(n_samples, dtype=torch.bool)
    table = table.masked_fill(own, -math.inf)
    return torch.logsumexp(table, dim=2) - math.log(n_samples - 1)
    ### END SOLUTION


# %% id="check-1-b" role="check" question="1.b"
check("1.b")

# %% [markdown]
# ---
# # 2 Learning where to look
#
# ## Question 2.a: a loss for the addresses (3 marks)
#
# The gradient of $\mathbb E[L_K]$ for the parameters of $q$ is estimated without bias by
#
# $$ \sum_k \left( L_K - L_{-k} - \tilde w_k \right) \nabla \log q(a_k), \qquad
#    \tilde w = \operatorname{softmax}(\log w_1, \dots, \log w_K) . $$
#
# $L_{-k}$ is a *baseline*: it does not depend on $a_k$, so it changes no mean, but it takes most of the noise away. The
# last term comes from the $-\log q(a_k)$ inside $\log w_k$. To let autograd do the rest, one builds a scalar whose
# gradient is minus this sum,
#
# $$ \text{loss} = -\frac1n \sum_{\text{queries}} \Bigl[ L_K + \sum_k \operatorname{stop}\!\left(L_K - L_{-k} -
#    \tilde w_k\right) \log q(a_k) \Bigr] , $$
#
# where stop means that nothing is differentiated through the bracket (`.detach()`), and where $\log q(a_k)$ *inside*
# the log-weights is detached too: its gradient is the $-\tilde w_k$ that stands in the bracket already. ($L_K$ stays
# as it is: in a full model the other networks learn through it.)
#
# The baselines $L_{-k}$ come in as an argument, so that this question stands by itself; $L_K$ is that of question 1.a.
# The second function puts the loss to use. For one query with known $\log p(x, a)$ and $q = \operatorname{softmax}$ of
# some logits, it returns the estimated gradient of $L_K$ for the logits, for several tuples of addresses.

# %% id="surrogate_loss" role="answer" question="2.a"
def surrogate_loss(log_w: torch.Tensor, log_q: torch.Tensor, baselines: torch.Tensor) -> torch.Tensor:
    """The loss whose gradient is the estimate above, with a minus.

        -1/n sum over queries of [ L_K + sum_k stop(L_K - L_-k - softmax(log w)_k) log q(a_k) ]

    Parameters
    ----------
    log_w
        Log-weights, shape (n, K), K at least 2; log q(a_k) inside them is detached already.
    log_q
        log q(a_k), shape (n, K).
    baselines
        L_-k of these log-weights, shape (n, K).

    Returns
    -------
    A scalar.

    Example
    -------
    With log_w = [[0, 0]] and baselines [[0, 0]] every bracket is 0 - 0 - 1/2; with log_q = [[-1, -3]] the loss is
    -(0 + 1/2 + 3/2) = -2.
    """
    ### BEGIN SOLUTION
    value = torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])
    signals = value[:, None] - baselines - torch.softmax(log_w, dim=1)
    return -(value + (signals.detach() * log_q).sum(dim=1)).mean()
    ### END SOLUTION


# %% id="address_gradient" role="answer" question="2.a"
def address_gradient(
    logits: torch.Tensor, log_joint: torch.Tensor, addresses: torch.Tensor, baselines: torch.Tensor
) -> torch.Tensor:
    """Estimate the gradient of L_K for the logits of q, once for each tuple of addresses.

        q = softmax(logits),    log w_k = log p(x, a_k) - log q(a_k)
        estimate = sum_k (L_K - L_-k - softmax(log w)_k) grad log q(a_k)

    Parameters
    ----------
    logits
        Shape (N,). Is left as it was.
    log_joint
        log p(x, a) of every address, shape (N,).
    addresses
        a_1 ... a_K as rows, whole numbers from 0 to N - 1, shape (n, K).
    baselines
        L_-k of the log-weights of these addresses, shape (n, K).

    Returns
    -------
    One gradient per row of addresses, shape (n, N): the direction in which L_K **rises**, without autograd's graph.

    Example
    -------
    With logits [0, 0] and log_joint [0, 0] all log-weights are log 2, and so are L_K and the baselines: all brackets
    are -1/2. For the tuple [[0, 1]], grad log q(0) + grad log q(1) = [1/2, -1/2] + [-1/2, 1/2]: the result is
    [[0, 0]]. For the tuple [[0, 0]] it is -1/2 ([1/2, -1/2] + [1/2, -1/2]) = [[-1/2, 1/2]].
    """
    ### BEGIN SOLUTION
    rows = logits.detach().repeat(len(addresses), 1).requires_grad_(True)  # (n, N), so that each tuple has its own
    log_q = torch.log_softmax(rows, dim=1).gather(1, addresses)
    log_w = log_joint[addresses] - log_q.detach()
    loss = surrogate_loss(log_w, log_q, baselines) * len(addresses)
    (gradient,) = torch.autograd.grad(loss, rows)
    return -gradient
    ### END SOLUTION


# %% id="check-2-a" role="check" question="2.a"
check("2.a")

# %% [markdown]
# The experiment goes through **all** tuples of addresses, so that mean and variance of the estimate are exact. It
# compares your estimate with the gradient of $\mathbb E[L_K]$ itself, and its variance with that of the same estimate
# without a baseline.

# %% id="experiment-2-a" role="experiment" question="2.a"
def all_tuples(n_addresses, n_samples):
    return torch.cartesian_prod(*[torch.arange(n_addresses)] * n_samples).reshape(-1, n_samples)


print("addresses  K  scale  offset | bias of yours | variance without / with: published | measured")
for n, k, scale, offset, published in (
    (3, 5, 3.0, 0.0, 42),
    (5, 3, 1.0, 0.0, 3.0),
    (5, 3, 3.0, 0.0, 1.7),
    (4, 2, 3.0, 0.0, 0.85),
    (5, 4, 3.0, -100.0, 3706),
):
    torch.manual_seed(5)
    log_joint, logits = scale * torch.randn(n) + offset, torch.randn(n)
    tuples = all_tuples(n, k)
    leaf = logits.clone().requires_grad_(True)
    log_q = torch.log_softmax(leaf, 0)
    exact_value = (log_q[tuples].sum(1).exp() * bound((log_joint - log_q)[tuples])).sum()
    (exact,) = torch.autograd.grad(exact_value, leaf)
    p = torch.log_softmax(logits, 0)[tuples].sum(1).exp()[:, None]
    spread = {}
    others = leave_one_out((log_joint - torch.log_softmax(logits, 0))[tuples])
    for name, baselines in (("yours", others), ("plain", torch.zeros_like(others))):
        gradients = address_gradient(logits, log_joint, tuples, baselines)
        mean = (p * gradients).sum(0)
        spread[name] = (p * (gradients - mean) ** 2).sum()
        if name == "yours":
            bias = (mean - exact).abs().max()
    ratio = float(spread["plain"] / spread["yours"])
    print(f"{n:9d} {k:2d} {scale:6.1f} {offset:7.0f} | {float(bias):13.6f} | {published:>10} | {ratio:.2f}")
print("(The published ratios are of other random numbers of the same kinds.)")

# %% [markdown]
# ## Question 2.b: two samples, and a clamp (2 marks)
#
# 1. With $K = 2$ the baseline can make things *worse* than no baseline at all (published: a ratio of 0.85). What is
#    $L_{-k}$ for $K = 2$, and why is it a poor baseline there although it changes no mean?
# 2. A published program computes $L_{-k}$ by the subtraction of question 1.b and clamps $w_k / \sum_j w_j$ at
#    $1 - 10^{-5}$. By how much does one sample have to lead for this to matter, what happens to the learning signal of
#    that sample, and is the gradient still unbiased? Why might training nevertheless run more smoothly? About 100 words
#    for both.

# %% [markdown] id="answer-2-b" role="written" question="2.b"
# ### BEGIN SOLUTION
# **Two samples.** With $K = 2$, $L_{-1} = \log w_2$ and $L_{-2} = \log w_1$: each sample is judged by the single other
# one. As it does not depend on the own sample, the mean is right, but it is a random number, as noisy as one
# log-weight. Where log-weights scatter by more than $L_K$ is large itself, the baseline adds more variance than it
# takes away. With more samples the mean of the others is steadier.
#
# **The clamp.** It acts when one sample holds more than $1 - 10^{-5}$ of the weight, a lead of about
# $\log 10^5 = 11.5$ nats. $L_{-k}$ then comes out as $S - 11.5 - \log(K-1)$ instead of something far lower, so the
# signal of the best sample can never be larger than about 11.5: it is cut off. That depends on $a_k$ itself, so the
# baseline is none any more and the gradient is biased. A limit on the largest signals is like clipping gradients: less
# variance, smoother steps, in a direction that is no longer that of the bound.
# ### END SOLUTION

# %% [markdown]
# ---
# # 3 The address
#
# ## Question 3.a: where to look (2 marks)
#
# A network $h$ turns query, items and dummies into *keys*; the address distribution is a softmax of their plain
# products, without temperature or normalisation:
#
# $$ q(a \mid M, x) = \operatorname{softmax}_a \bigl( h(x) \cdot h(m_a) \bigr), \qquad a = 1 \dots T, T+1 \dots T+D ; $$
#
# the memory's items come first, then the $D$ dummies. A memory may be empty, $T = 0$. What the address tells about the
# query is measured by
#
# $$ \mathrm{KL} = \sum_a q(a) \log \frac{q(a)}{1/N}, \qquad N = T + D, $$
#
# in nats, with $0 \log 0 = 0$.

# %% id="address" role="answer" question="3.a"
def address(query_keys: torch.Tensor, memory_keys: torch.Tensor, dummy_keys: torch.Tensor) -> torch.Tensor:
    """Log-probabilities of all addresses, for every query.

        log q(a|M, x) = log softmax_a( h(x) . h(m_a) )

    Parameters
    ----------
    query_keys
        h(x), shape (n, H).
    memory_keys
        h(m_1) ... h(m_T) of **each query's own** memory, shape (n, T, H); T may be 0.
    dummy_keys
        Keys of the dummies, the same for all queries, shape (D, H).

    Returns
    -------
    Shape (n, T + D): the memory's items, then the dummies.

    Example
    -------
    For the query [[1, 0]], the memory [[[log 3, 5], [0, 7]]] and no dummy, shape (0, 2), it is [[log 3/4, log 1/4]].
    """
    ### BEGIN SOLUTION
    dummies = dummy_keys.expand(len(query_keys), -1, -1)
    keys = torch.cat([memory_keys, dummies], dim=1)  # (n, T + D, H)
    return torch.log_softmax(torch.einsum("nh,nah->na", query_keys, keys), dim=1)
    ### END SOLUTION


# %% id="address_kl" role="answer" question="3.a"
def address_kl(log_q: torch.Tensor) -> torch.Tensor:
    """Divergence of each address distribution from the uniform one, in nats.

        KL = sum_a q(a) log( N q(a) )

    Parameters
    ----------
    log_q
        log q(a), shape (n, N). An entry may be minus infinity: that address has the probability 0.

    Returns
    -------
    Shape (n,), from 0 to log N, never nan.

    Example
    -------
    For log([[1/2, 1/2], [1, 0]]) it is [0, log 2].
    """
    ### BEGIN SOLUTION
    q = log_q.exp()
    return math.log(log_q.shape[1]) + torch.xlogy(q, q).sum(dim=1)
    ### END SOLUTION


# %% id="check-3-a" role="check" question="3.a"
check("3.a")

# %% [markdown]
# ## Question 3.b: what the address tells, and an empty hand (2 marks)
#
# 1. In a published run on memories of 32 items (8 characters, 4 drawings of each) and 2 dummies, the divergence settles
#    at 3.01 nats. What would it be if the model always knew the right character but could not tell its four drawings
#    apart? And if it always chose one single drawing? What do 3.01 nats say, and why is a large divergence not simply
#    good: who pays for it?
# 2. What are the dummies for? Think of a query whose character is not in the memory, and of a model that has no dummy
#    and has to name an item all the same. About 100 words for both.

# %% [markdown] id="answer-3-b" role="written" question="3.b"
# ### BEGIN SOLUTION
# **The divergence.** $N = 34$. Spread evenly over four drawings: $\log 34 - \log 4 = 2.14$. One drawing:
# $\log 34 = 3.53$. 3.01 nats are $\log (34 / e^{3.01})$, that is about 1.7 drawings in use: the model looks up single
# drawings, not only characters. The divergence is what the address tells about the query, and it is a cost: it is
# subtracted in the bound, nat for nat. It pays only if the item found makes the query more probable by more than that.
# A divergence of 0 means that memory is not used.
#
# **The dummies.** They are learned items that are always there: "nothing in memory helps". Without them every query is
# explained by *some* item, an unsuitable one if need be, and the decoder must be prepared for items that mislead, which
# teaches it to distrust all of them. With them such queries go to an item that stands for an ordinary character, and an
# empty memory is a case like any other.
# ### END SOLUTION

# %% [markdown]
# ---
# # 4 A memory for every query
#
# ## Question 4: draw it (2 marks)
#
# Nothing in the memory is learned: it is drawn anew for each query. The drawings of class $c$ are row $c$ of a table
# of image numbers. For a query of some class, its memory holds `per_class` **other** drawings of that class, and as
# many of each of `n_classes - 1` other classes, which are drawn at random, all different. Never the query itself: then
# there would be nothing to learn.

# %% id="draw_memory" role="answer" question="4"
def draw_memory(members: torch.Tensor, query: int, n_classes: int, per_class: int) -> torch.Tensor:
    """Draw a memory for a query: n_classes classes, its own among them, per_class images of each.

    Parameters
    ----------
    members
        Numbers of the images of each class, all different, shape (C, E). Row c is class c; the numbers need not be in
        order.
    query
        The number of one of these images.
    n_classes
        From 1 to C, the query's own class included.
    per_class
        From 1 to E - 1.

    Returns
    -------
    Numbers of images, shape (n_classes * per_class,), in any order. No image comes twice, and never the query. All
    other classes are equally likely to be drawn, and so are all images of a class.

    Example
    -------
    With members [[10, 11, 12], [20, 21, 22]], query 11, 2 classes and 2 of each, the memory is 10, 12 and two of
    20, 21, 22.
    """
    ### BEGIN SOLUTION
    own = int((members == query).any(dim=1).nonzero()[0, 0])
    others = [c for c in range(len(members)) if c != own]
    classes = [own] + [others[i] for i in torch.randperm(len(others))[: n_classes - 1]]
    drawn = []
    for c in classes:
        row = members[c][members[c] != query]
        drawn.append(row[torch.randperm(len(row))[:per_class]])
    return torch.cat(drawn)
    ### END SOLUTION


# %% id="check-4" role="check" question="4"
check("4")

# %% [markdown]
# The experiment: learn to look up handwritten digits. The likelihood is as simple as can be, an item with blurred
# edges, $p(x \mid m) = \prod_i \mathrm{Bernoulli}(x_i;\, 0.02 + 0.96\, \tilde m_i)$ with $\tilde m$ the blurred item,
# so $\log p(x \mid M)$ is known exactly and only the address network learns. It is trained on the digits 0 … 6 and
# asked about 7, 8 and 9. It takes about half a minute.

# %% id="experiment-4" role="experiment" question="4"
from hippo.datasets import load_digits

digits = load_digits()
x = torch.nn.functional.avg_pool2d(digits.x_train[:, None].float() / 255, 2)[:, 0].flatten(1)  # (n, 196)
x = (x > 0.4).float()
blurred = 0.02 + 0.96 * torch.nn.functional.avg_pool2d(x.reshape(-1, 1, 14, 14), 3, 1, 1).flatten(1)
classes = [torch.nonzero(digits.y_train == c)[:, 0][:100] for c in range(10)]
known, unknown = torch.stack(classes[:7]), torch.stack(classes[7:])

N_CLASSES, PER_CLASS, K = 3, 4, 4
torch.manual_seed(0)
keys = torch.nn.Sequential(torch.nn.Linear(196, 64), torch.nn.ReLU(), torch.nn.Linear(64, 32))
dummies = torch.nn.Parameter(torch.zeros(2, 196))
optimizer = torch.optim.Adam([*keys.parameters(), dummies], lr=2e-3)


def look(members, n):
    """Draw n queries with their memories: log q(a), log p(x, a) and which slots hold the query's class, (n, N) each."""
    queries = members.flatten()[torch.randperm(members.numel())[:n]]
    memory = torch.stack([draw_memory(members, int(q), N_CLASSES, PER_CLASS) for q in queries])  # (n, T)
    log_q = address(keys(x[queries]), keys(x[memory]), keys(dummies))
    means = torch.cat([blurred[memory], torch.sigmoid(dummies).expand(n, -1, -1) * 0.96 + 0.02], 1)  # (n, N, 196)
    log_p = torch.distributions.Bernoulli(means).log_prob(x[queries][:, None]).sum(2) - math.log(log_q.shape[1])
    own = (digits.y_train[memory] == digits.y_train[queries][:, None]).float()
    return log_q, log_p, torch.cat([own, torch.zeros(n, 2)], 1)


curve = []
for step in range(300):
    log_q, log_p, own = look(known, 32)
    a = torch.multinomial(log_q.detach().exp(), K, replacement=True)
    log_q_a = log_q.gather(1, a)
    log_w = log_p.gather(1, a) - log_q_a.detach()
    loss = surrogate_loss(log_w, log_q_a, leave_one_out(log_w.detach()))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        with torch.no_grad():
            log_q, log_p, own = look(unknown, 200)
            a = torch.multinomial(log_q.exp(), K, replacement=True)
            value = bound(log_p.gather(1, a) - log_q.gather(1, a)).mean()
            exact = torch.logsumexp(log_p, 1).mean()
            mass = (log_q.exp() * own).sum(1).mean()
            curve.append([step + 1, *map(float, (value, exact, address_kl(log_q).mean(), mass))])
            print("step {:3d}: bound {:.2f}, exact {:.2f}, KL {:.2f}, on the own digit {:.2f}".format(*curve[-1]))
print(f"chance on the own digit: {PER_CLASS / (N_CLASSES * PER_CLASS + 2):.2f}")
queries, likelihood, framed = look(unknown, 12)

# %% [markdown]
# **Figure (1 mark).** Draw, against the training step, (a) the bound and the exact $\log p(x \mid M)$ and (b) the
# probability on items of the query's own digit with chance marked; and (c) as a picture, the address probabilities of
# the twelve queries in `queries` over the slots, with the slots of the own digit recognisable (`framed` is 1 there).

# %% id="figures-4" role="figures" question="4"
### BEGIN SOLUTION
figure, panels = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
steps, bounds, exact, divergence, mass = zip(*curve, strict=True)
panels[0].plot(steps, bounds, "o-", label="bound, K = 4")
panels[0].plot(steps, exact, "k--", label="exact")
panels[0].set(xlabel="training step", ylabel="log p(x|M) (nats)", title="Digits 7, 8, 9, never trained on")
panels[0].legend()
panels[1].plot(steps, mass, "o-", label="learned")
panels[1].axhline(PER_CLASS / (N_CLASSES * PER_CLASS + 2), color="black", linestyle=":", label="chance")
panels[1].set(xlabel="training step", ylabel="probability on the own digit", ylim=(0, 1))
panels[1].legend()
image = panels[2].imshow(queries.detach().exp(), cmap="cividis", vmin=0, vmax=1)
for row, column in torch.nonzero(framed).tolist():
    panels[2].add_patch(plt.Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, fill=False, edgecolor="white"))
panels[2].set(xlabel="slot (the last two: dummies)", ylabel="query", title="q(a|M, x), own digit framed")
figure.colorbar(image, ax=panels[2])
plt.show()
### END SOLUTION
