#!/usr/bin/env python3
"""crash_story.py BUILD FIGURES: kill -9 of each service in the middle of the demonstration's load; the same numbers."""
import json
import pathlib
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import Chain, demo_files, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402

# In the order in which the load needs them, so that each is killed while it works.
SERVICES = ["gateway-ssa", "contracts", "shipments", "gateway-imss-bienestar", "deliveries", "sanctions",
            "gateway-imss", "monitor", "gateway-issste"]
FILES_PER_KILL = len(demo_files()) // len(SERVICES)


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1]) as chain:
        loading = {"failed": None, "files": 0}
        killed = []

        def pace(files):
            """The load does not outrun the killing: the last service dies before the last file is in."""
            loading.update(files=files)
            wait_until("the next service is killed", lambda: files < FILES_PER_KILL * (len(killed) + 1), 300)

        def load():
            try:
                chain.load_demo(pace)
                chain.close_days()
            except Exception as fault:  # told by the main thread
                loading["failed"] = fault

        thread = threading.Thread(target=load)
        thread.start()
        while thread.is_alive() or len(killed) < len(SERVICES):
            name = SERVICES[len(killed) % len(SERVICES)]
            time.sleep(1.2)
            chain.kill(name)
            killed.append((name, loading["files"], thread.is_alive()))
            chain.up(name)
            if len(killed) >= 2 * len(SERVICES):
                break
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
