#!/usr/bin/env python3
"""shuffle_story.py BUILD: the same facts in 100 copies, each shuffled with repetitions and old versions; one judgement."""
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain  # noqa: E402
from figures import difference, judgements  # noqa: E402
from shuffle_facts import INSTITUTION, base_facts, write_copies  # noqa: E402

COPIES, PARTS, SEED = 100, 3, 4711


def by_copy(judged):
    """{copy: judgements} with each copy's own names taken out."""
    copies = {copy: {name: [] for name in judged} for copy in range(COPIES)}
    for name, lines in judged.items():
        for line in lines:
            tags = set(re.findall(r"K(\d{3})-", line))
            assert len(tags) == 1, f"{name}: of one copy and of no other: {line}"
            copies[int(tags.pop())][name].append(re.sub(r"K\d{3}-", "", line))
    return {copy: {name: sorted(lines) for name, lines in names.items()} for copy, names in copies.items()}


def main():
    facts = sum(map(len, base_facts().values()))
    assert 200 <= facts <= 300, facts
    with Chain(sys.argv[1]) as chain, tempfile.TemporaryDirectory() as folder:
        for file, layout in write_copies(pathlib.Path(folder), COPIES, PARTS, SEED):
            account = chain.load(INSTITUTION, file, layout)
            assert account["quarantined"] == 0, (file, account)
        chain.close_days()
        copies = by_copy(judgements(chain))
        assert copies[0]["penalties"] and copies[0]["order_line"], "nothing was judged"
        differing = {copy: said for copy in range(1, COPIES) if (said := difference(copies[0], copies[copy]))}
        for copy, said in list(differing.items())[:3]:
            print(f"seed {SEED}, copy {copy} differs from copy 0:", *said, sep="\n", flush=True)
        assert not differing, f"{len(differing)} of {COPIES} copies are judged differently"
        print(f"shuffle story: ok, {facts} facts, {COPIES} copies,",
              {name: len(lines) for name, lines in copies[0].items()})


if __name__ == "__main__":
    main()
