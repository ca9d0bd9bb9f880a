#!/usr/bin/env python3
"""crash_story.py BUILD FIGURES: kill -9 of each service in the middle of the demonstration's load; the same numbers."""
import json
import pathlib
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain  # noqa: E402
from figures import difference, judgements  # noqa: E402

# In the order in which the load needs them, so that each is killed while it works.
SERVICES = ["gateway-ssa", "contracts", "shipments", "gateway-imss-bienestar", "deliveries", "sanctions",
            "gateway-imss", "monitor", "gateway-issste"]


# So many files are let in before each kill; what the last ones leave is loaded while the second round goes on.
FILES_PER_KILL = 2


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1]) as chain:
        loading = {"failed": None, "files": 0}
        let_in = threading.Semaphore(0)

        def between(files):
            loading.update(files=files)
            let_in.acquire()

        def load():
            try:
                chain.load_demo(between)
                chain.close_days()
            except Exception as fault:  # told by the main thread
                loading["failed"] = fault

        thread = threading.Thread(target=load)
        thread.start()
        killed = []
        for name in SERVICES:
            # However long a service takes to come back, the load does not run away from the kills.
            let_in.release(FILES_PER_KILL)
            time.sleep(0.5)
            chain.kill(name)
            killed.append((name, loading["files"], thread.is_alive()))
            chain.up(name)
        let_in.release(1000)
        for name in SERVICES:
            if not thread.is_alive():
                break
            time.sleep(0.5)
            chain.kill(name)
            killed.append((name, loading["files"], thread.is_alive()))
            chain.up(name)
        thread.join()
        print("killed (after how many files, while loading):", killed, flush=True)
        if loading["failed"]:
            raise loading["failed"]
        assert {name for name, _, alive in killed if alive} == set(SERVICES), "a service was not killed in the middle"
        chain.close_days()
        said = difference(expected["judged"], judgements(chain))
        assert not said, "\n".join(["after the crashes:", *said])
        assert chain.demo_summary() == expected["summary"], chain.demo_summary()
    print("crash story: ok")


if __name__ == "__main__":
    main()
