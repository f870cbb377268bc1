"""How fast texts are understood, in ratios with peers of the same run: `python bench/understanding.py [COUNT]`.

Peers: plain keywords (a search for the words of the three families), and the neural pipeline that natasha runs (tokens, morphology, names).
Each runs in a process of its own with one thread, over the same invented texts of about 1.6 KB, after a warm-up. Seconds are those of the
processor, so that a machine that is shared changes the figures little and the ratios less.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SIZE = 1_600  # characters: a usual article
WARM = 40
ONE_THREAD = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def texts(count: int) -> list[tuple[str, str]]:
    """Make titles and texts of invented news, each filled up with others to the size of an article."""
    rows = [
        line.split("\t")[1:]
        for line in (ROOT / "tests/understanding/corpus/news.tsv").read_text(encoding="utf-8").splitlines()
        if "\t" in line and not line.startswith("#")
    ]
    out = []
    for number in range(count):
        title, body = rows[number % len(rows)]
        at = number
        while len(body) < SIZE:
            at += 7
            body += f"\n{rows[at % len(rows)][1]} {number}."
        out.append((title, body[:SIZE]))
    return out


def watcher(names: bool) -> Callable[[str, str], object]:
    from watcher.model import Entry
    from watcher.understanding import understand

    return lambda title, text: understand(Entry(source="bench", title=title, text=text), names=names)


def keywords() -> Callable[[str, str], object]:
    from watcher.cli.keywords import guess

    return lambda title, text: guess(f"{title}\n{text}")


def natasha() -> Callable[[str, str], object]:
    from navec import Navec
    from razdel import sentenize, tokenize
    from slovnet import NER, Morph

    spec = importlib.util.find_spec("natasha")
    assert spec
    assert spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0]) / "data"
    navec = Navec.load(next((data / "emb").glob("*.tar")))
    morph, ner = Morph.load(next((data / "model").glob("*morph*.tar"))), NER.load(next((data / "model").glob("*ner*.tar")))
    morph.navec(navec)
    ner.navec(navec)

    def run(title: str, text: str) -> object:
        sentences = [[token.text for token in tokenize(sentence.text)] for sentence in sentenize(f"{title}\n{text}")]
        return [*morph.map(sentences)], ner(f"{title}\n{text}")

    return run


PEERS: dict[str, Callable[[], Callable[[str, str], object]]] = {
    "keywords": keywords,
    "understanding": lambda: watcher(names=False),
    "with names": lambda: watcher(names=True),
    "natasha pipeline": natasha,
}


def measure(name: str, count: int) -> dict[str, float]:
    """Run one peer in this process: documents a second, seconds until the first answer, peak memory in MB."""
    began = time.process_time()
    run = PEERS[name]()
    news = texts(count + WARM)
    run(*news[0])
    start = time.process_time() - began
    for title, text in news[:WARM]:
        run(title, text)
    began = time.process_time()
    for title, text in news[WARM:]:
        run(title, text)
    took = time.process_time() - began
    return {"docs_s": count / took, "start_s": start, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
        return
    count = sys.argv[1] if len(sys.argv) == 2 else "400"
    rows = {}
    for name in PEERS:
        said = subprocess.run([sys.executable, __file__, name, count], capture_output=True, text=True, check=True, env=ONE_THREAD).stdout
        rows[name] = json.loads(said)
    peer = rows["natasha pipeline"]["docs_s"]
    print(f"{'':18}{'docs/s':>10}{'× natasha':>12}{'start s':>10}{'peak MB':>10}")
    for name, row in rows.items():
        print(f"{name:18}{row['docs_s']:10.0f}{row['docs_s'] / peer:12.2f}{row['start_s']:10.2f}{row['peak_mb']:10.0f}")


if __name__ == "__main__":
    main()
