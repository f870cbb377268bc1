"""Make src/watcher/stories/weights.txt: word counts of a news corpus, as they come with navec, by lemma and rounded to half a unit."""

from __future__ import annotations

import importlib.util
import math
import tarfile
from collections import Counter, defaultdict
from pathlib import Path

from navec.vocab import Vocab

from watcher.language.words import fold, lemmas
from watcher.stories.prints import lemma_of
from watcher.stories.weights import RARE

OUT = Path(__file__).parents[1] / "src/watcher/stories/weights.txt"
SIZE = 3e6  # about as many texts as the counts are of: a word that stands in each once weighs nothing
RARELY = 60  # added to every count: what stands in fewer texts is no surer a sign for it


def counts() -> Counter[str]:
    """Count lemmas: the forms of navec's vocabulary, folded as the stories fold them."""
    spec = importlib.util.find_spec("natasha")
    assert spec
    assert spec.submodule_search_locations
    (archive,) = (Path(spec.submodule_search_locations[0]) / "data/emb").glob("navec_*.tar")
    with tarfile.open(archive) as tar:
        vocabulary = Vocab.from_file(tar.extractfile("vocab.bin"))
    out: Counter[str] = Counter()
    for word, count in zip(vocabulary.words, vocabulary.counts, strict=True):
        form = fold(word)
        if form and form[0].isalpha() and " " not in form:
            out[lemma_of(lemmas(form))] += int(count)
    return out


def main() -> None:
    by_weight: defaultdict[float, list[str]] = defaultdict(list)
    for lemma, count in counts().items():
        weight = round(2 * max(0.0, math.log(SIZE / (count + RARELY)))) / 2
        if weight < RARE:
            by_weight[weight].append(lemma)
    lines = [f"{weight:g}\t{' '.join(sorted(words))}" for weight, words in sorted(by_weight.items())]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{sum(map(len, by_weight.values()))} lemmas, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
