#!/usr/bin/env python3
"""zombie_story.py BUILD FIGURES: `deliveries` stopped past its session timeout while a second instance works, then woken."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402


def epochs(chain):
    return [int(epoch) for (epoch,) in chain.sql("select epoch from deliveries.shard order by id")]


def second_instance(chain, log):
    environment = chain.environment("deliveries")
    program = environment.pop("ABASTO_PROGRAM")
    environment["ABASTO_HTTP_PORT"] = "0"
    return subprocess.Popen([program], env={**os.environ, **environment}, stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL)


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1]) as chain, open(chain.folder / "log" / "deliveries-2.jsonl", "w") as log:
        first = chain.pid("deliveries")
        loading = threading.Thread(target=chain.load_demo)
        loading.start()
        wait_until("deliveries works", lambda: (chain.metrics("deliveries") or {}).get(
            "abasto_messages_total", 0) > 500, 120)
        before = epochs(chain)
        os.kill(first, signal.SIGSTOP)
        second = second_instance(chain, log)
        try:
            wait_until("the second instance owns every shard",
                       lambda: all(new > old for new, old in zip(epochs(chain), before)), 90)
            owned = epochs(chain)
            loading.join()
            chain.close_days(unseen=["deliveries"])
            standing = judgements(chain)
            os.kill(first, signal.SIGCONT)
            # Awake, it finds itself without its session and joins anew: some shards go back to it, by a higher epoch.
            wait_until("the woken one takes part again",
                       lambda: any(new > old for new, old in zip(epochs(chain), owned)), 90)
            said = difference(standing, judgements(chain))
            assert not said, "\n".join(["waking changed:", *said])
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(first, signal.SIGCONT)
            second.terminate()
            second.wait(60)
        chain.close_days()
        said = difference(expected["judged"], judgements(chain))
        assert not said, "\n".join(["with a zombie:", *said])
        assert chain.demo_summary() == expected["summary"], chain.demo_summary()
    print("zombie story: ok")


if __name__ == "__main__":
    main()
