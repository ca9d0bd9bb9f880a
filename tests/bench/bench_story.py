#!/usr/bin/env python3
"""bench_story.py BUILD: the benchmark runs to its end and says what it promises, at a size that measures nothing."""
import json
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent / "bench.py"
PROMISED = ["plain_vs_copy", "plain_vs_replay", "plain_cpu_us", "deliveries_vs_plain", "deliveries_cpu_us", "chain_rows_per_s",
            "p50_ms_at_100", "p99_ms_at_100", "p999_ms_at_100", "rss_mib_idle_max", "rss_mib_load_max", "ready_ms_max",
            "binary_kib_max"]


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result.json"
        subprocess.run([sys.executable, BENCH, build, result, "--quick", "--rounds", "1", "--events", "4000", "--orders", "600",
                        "--chain-orders", "300", "--latency-seconds", "1"], check=True)
        figures = json.loads(result.read_text())
    missing = [key for key in PROMISED if not figures.get(key)]
    assert not missing, f"the result lacks {missing}"
    assert figures["runs"]["deliveries"][0]["events"] > 1200, "orders, shipments and receipts"


if __name__ == "__main__":
    main()
