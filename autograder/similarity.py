"""Find pairs of submissions whose answers are alike, whatever their names are called."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from autograder.answers import Answers
from autograder.errors import USAGE, UserError

#: Shortest run of tokens' characters that counts as the same (copydetect's own noise threshold).
NOISE = 25
#: Every run is looked at: which ones winnowing keeps depends on Python's hashes, which differ from run to run.
WINDOW = 1
#: Less than this of one's own and there is nothing to compare: about four short lines.
MIN_OWN = 80
#: A passage that at most so many submissions share is theirs; what more share is how one writes it.
FEW = 3
THRESHOLD = 0.8

Span = tuple[int, int]
#: Label of a part → copydetect's fingerprint of it.
Prints = Mapping[str, Any]


@dataclass(frozen=True)
class PartMatch:
    """What two submissions share of one part."""

    label: str
    #: Share of both parts that lies in common passages, 0…1.
    share: float
    #: Where those passages stand in the first and in the second text.
    first: list[Span]
    second: list[Span]


@dataclass(frozen=True)
class Pair:
    """Two submissions and how alike they are."""

    first: str
    second: str
    #: Share of the code that both wrote themselves that lies in common passages, 0…1.
    code: float
    #: The same of their written answers.
    written: float
    #: Share of the common passages that at most `FEW` submissions have.
    rare: float
    parts: list[PartMatch] = field(default_factory=list)

    @property
    def similarity(self) -> float:
        return max(self.code, self.written)


@dataclass(frozen=True)
class Found:
    """All submissions compared with each other."""

    names: list[str]
    #: Every pair with enough to compare, the most alike first.
    pairs: list[Pair]
    #: Name → label → the text that was compared.
    texts: Mapping[str, Mapping[str, str]]
    #: Who wrote too little of their own to be compared.
    too_little: list[str]

    def alike(self, threshold: float) -> list[Pair]:
        return [pair for pair in self.pairs if pair.similarity >= threshold - 1e-9]


def compare(
    submissions: Sequence[Answers],
    given: Answers,
    progress: Callable[[int, int, str], None] = lambda done, total, who: None,
) -> Found:
    """Compare every two submissions part by part; what was given to everybody counts for nobody."""
    known_code = _known(given.code.values(), is_code=True)
    known_words = _known(given.written.values(), is_code=False)
    # what several wrote alike to the letter is looked at once
    own_code = cache(lambda text: _own(text, known_code, is_code=True))
    own_words = cache(lambda text: _own(_words(text), known_words, is_code=False))
    code = {each.name: {k: own_code(text) for k, text in each.code.items()} for each in submissions}
    words = {each.name: {k: own_words(text) for k, text in each.written.items()} for each in submissions}
    names = sorted(name for name in code if max(_size(code[name]), _size(words[name])) >= MIN_OWN)
    hashes = {name: _hashes(code[name]) | _hashes(words[name]) for name in names}
    frequency = Counter(itertools.chain.from_iterable(hashes.values()))
    few = {h for h, count in frequency.items() if count <= FEW}
    pairs = []
    total = len(names) * (len(names) - 1) // 2
    for done, (first, second) in enumerate(itertools.combinations(names, 2), start=1):
        in_code, in_words = _matches(code[first], code[second]), _matches(words[first], words[second])
        common = hashes[first] & hashes[second]
        pairs.append(
            Pair(
                first,
                second,
                _share(in_code, code[first], code[second]),
                _share(in_words, words[first], words[second]),
                len(common & few) / len(common) if common else 0.0,
                in_code + in_words,
            )
        )
        if done % 100 == 0 or done == total:
            progress(done, total, first)
    pairs.sort(key=lambda p: (*(-round(x, 6) for x in (p.similarity, p.code + p.written, p.rare)), p.first, p.second))
    _overlap.cache_clear()
    texts = {e.name: e.code | {label: _words(text) for label, text in e.written.items()} for e in submissions}
    return Found(names, pairs, texts, sorted(set(code) - set(names)))


def clusters(pairs: Sequence[Pair]) -> list[list[str]]:
    """Submissions that hang together through pairs, the largest group first."""
    group: dict[str, set[str]] = {}
    for pair in pairs:
        merged = group.get(pair.first, {pair.first}) | group.get(pair.second, {pair.second})
        group.update(dict.fromkeys(merged, merged))
    distinct = {id(members): members for members in group.values()}
    return sorted((sorted(members) for members in distinct.values()), key=lambda m: (-len(m), m))


def _matches(first: Prints, second: Prints) -> list[PartMatch]:
    """What two submissions share, part by part; a part without anything in common is left out."""
    parts = []
    for label, one in first.items():
        other = second.get(label)
        if other is not None and not one.hashes.isdisjoint(other.hashes):
            parts.append(PartMatch(label, *_overlap(one, other)))
    return parts


@lru_cache(maxsize=10_000)
def _overlap(one: Any, other: Any) -> tuple[float, list[Span], list[Span]]:
    _, similar, spans = _copydetect().compare_files(one, other)
    both = similar[0] * one.token_coverage + similar[1] * other.token_coverage
    return (
        float(both / (one.token_coverage + other.token_coverage)), _spans(spans[0], one), _spans(spans[1], other)
    )  # fmt: skip


def _share(parts: Sequence[PartMatch], first: Prints, second: Prints) -> float:
    """The parts' shares as one, each weighted with its size; 0 where one has too little to compare."""
    if min(_size(first), _size(second)) < MIN_OWN:
        return 0.0
    weights = {label: p.token_coverage for label, p in first.items()}
    both = sum(m.share * (weights[m.label] + second[m.label].token_coverage) for m in parts)
    return float(both / (_size(first) + _size(second)))


def _known(given: Iterable[str], *, is_code: bool) -> set[int]:
    """The passages of what everybody was given."""
    return {h for text in given for h in _fingerprint(text if is_code else _words(text), is_code).hashes}


def _own(text: str, known: set[int], *, is_code: bool) -> Any:
    """The fingerprint of what is in `text` and was not given to everybody."""
    from copydetect.utils import get_token_coverage

    made = _fingerprint(text, is_code)
    # copydetect's own boilerplate also drops what stands twice in one text, so it is taken out here
    made.hash_idx = {h: places for h, places in made.hash_idx.items() if h not in known}
    made.hashes = set(made.hash_idx)
    made.token_coverage = get_token_coverage(made.hash_idx, NOISE, len(made.filtered_code))
    return made


def _fingerprint(text: str, is_code: bool) -> Any:
    copydetect = _copydetect()
    return copydetect.CodeFingerprint("answer", NOISE, WINDOW, filter=is_code, language="python", fp=io.StringIO(text))


def _copydetect() -> Any:
    try:
        import copydetect
    except ImportError:
        raise UserError("comparing submissions needs copydetect: pip install 'hippo[course]'.", USAGE) from None
    return copydetect


def _spans(found: Any, fingerprint: Any) -> list[Span]:
    """Places of the common passages as plain numbers, in order, none over another."""
    size = len(fingerprint.raw_code)
    spans: list[Span] = []
    for start, end in sorted(zip(*found.tolist(), strict=True)) if len(found) else []:
        low, high = max(int(start), spans[-1][1] if spans else 0), min(int(end), size)
        if high > low:
            spans.append((low, high))
    return spans


def _words(text: str) -> str:
    """A written answer with its spaces and line ends made alike."""
    return " ".join(text.split())


def _size(parts: Prints) -> float:
    return sum(float(each.token_coverage) for each in parts.values())


def _hashes(parts: Prints) -> set[int]:
    return {h for each in parts.values() for h in each.hashes}
