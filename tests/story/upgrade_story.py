#!/usr/bin/env python3
"""upgrade_story.py BUILD FIGURES: `sanctions` gets an input and then newer rules, one instance at a time, while files come in."""
import json
import os
import pathlib
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402

# When so many files of the demonstration are loaded the next step begins: the decisions of one institution stand in
# their topic before anybody reads them, and those of the others come while and after somebody does.
EARLY_DAYS_AT, INPUT_AT, RULES_AT = 6, 11, 20
REFUSED = "lo llevó una versión más nueva (reglas 1000"


class Instance:
    """One of `sanctions`, of an edition: its program, its log, what it took over."""

    started = []

    def __init__(self, chain, edition, number):
        environment = chain.environment("sanctions")
        program = environment.pop("ABASTO_PROGRAM")
        if edition != "built":
            program = chain.build / "tests" / "editions" / edition / f"edition-{edition}"
        environment["ABASTO_HTTP_PORT"] = "0"
        self.log = chain.folder / "log" / f"sanctions-{edition}-{number}.jsonl"
        with open(self.log, "w") as out:
            self.process = subprocess.Popen([program], env={**os.environ, **environment}, stdout=out, stderr=out,
                                            stdin=subprocess.DEVNULL)
        self.started.append(self.process)

    def said(self, text):
        return self.log.read_text().count(text)

    def owns(self):
        wait_until(f"{self.log.name} owns shards", lambda: self.said("shard taken over") > 0, 60)

    def end(self):
        """SIGTERM: it drains and ends well. One that was given a shard with newer rules has ended before."""
        self.process.terminate()
        assert self.process.wait(60) == 0 or self.said(REFUSED), self.log.read_text()[-600:]


class Load:
    """The demonstration's files, let in up to one after the other."""

    def __init__(self, chain):
        self.loaded, self.limit, self.failed = 0, 0, None
        self.moved = threading.Condition()
        self.thread = threading.Thread(target=self.run, args=(chain,))
        self.thread.start()

    def run(self, chain):
        try:
            chain.load_demo(self.between)
        except Exception as fault:  # told by the main thread
            self.failed = fault

    def between(self, loaded):
        with self.moved:
            self.loaded = loaded
            self.moved.wait_for(lambda: self.limit > loaded)

    def let(self, limit):
        """Files up to this one come in, while the caller goes on."""
        with self.moved:
            self.limit = max(self.limit, limit)
            self.moved.notify()

    def up_to(self, limit):
        """The same, and waits for them."""
        self.let(limit)
        wait_until(f"{limit} files", lambda: self.loaded >= limit or self.failed, 120, 0.05)

    def end(self):
        self.let(1000)
        self.thread.join()
        if self.failed:
            raise self.failed


def replaced(chain, load, old, edition):
    """Each instance by one of another edition, the new one first: both editions own shards side by side."""
    new = []
    for number, before in enumerate(old):
        load.let(load.loaded + 3)
        new.append(Instance(chain, edition, number))
        new[-1].owns()
        before.end()
    return new


def days(chain):
    return dict((shard + institution, int(day)) for shard, institution, day in
                chain.sql("select shard, institution, day from sanctions.forwarded"))


def positions(chain):
    return dict((int(shard), int(offset)) for shard, offset in chain.sql(
        "select shard, next_offset from sanctions.input_position where topic = 'reported.decisions'"))


def upgraded(chain, load, members):
    load.up_to(EARLY_DAYS_AT)
    chain.abasto("day", "close", "2025-06-01", "2025-06-30")
    wait_until("sanctions forwards days", lambda: len(days(chain)) >= 8, 60)
    load.up_to(INPUT_AT)
    assert positions(chain) == {}, "nobody reads decisions yet"
    before = days(chain)
    members = replaced(chain, load, members, "built")
    assert load.thread.is_alive(), "files came in meanwhile"
    wait_until("decisions are read from their beginning", lambda: sum(positions(chain).values()) > 10, 60)
    assert all(days(chain)[place] >= day for place, day in before.items()), "no day went back"
    load.up_to(RULES_AT)
    replaced(chain, load, members, "after")


def refuses_newer_shards(chain):
    """An older binary ends, with a word, and those that own the shards go on."""
    older = Instance(chain, "built", "late")
    assert older.process.wait(60) != 0
    assert older.said(REFUSED), older.log.read_text()[-600:]


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1]) as chain:
        chain.down("sanctions")
        try:
            members = [Instance(chain, "before", number) for number in range(2)]
            for member in members:
                member.owns()
            load = Load(chain)
            upgraded(chain, load, members)
            wait_until("every shard has newer rules", lambda: chain.sql(
                "select 1 from sanctions.shard where rule_version < 1000") == [], 60)
            refuses_newer_shards(chain)
            load.end()
            chain.close_days(unseen=["sanctions"])
            said = difference(expected["judged"], judgements(chain))
            assert not said, "\n".join(["after two upgrades:", *said])
            assert chain.demo_summary() == expected["summary"], chain.demo_summary()
        finally:
            for process in Instance.started:
                process.kill()
                process.wait()
    print("upgrade story: ok")


if __name__ == "__main__":
    main()
