#!/usr/bin/env python3
"""demo_story.py BUILD FIGURES: the demonstration end to end; leaves what it judged in FIGURES for the other stories."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import ROOT, Chain  # noqa: E402
from figures import difference, judgements  # noqa: E402

OTHER_MONTH = ROOT / "tests" / "data" / "recepciones_otro_mes.csv"


def check_bundled_file(summary):
    assert summary["receipts"] == 3511, summary
    assert summary["taken"] + summary["quarantined"] == summary["receipts"], summary
    assert summary["taken"] * 100 >= summary["receipts"] * 99, summary
    assert summary["orders"] > 4000 and summary["penalties"] > 500 and summary["penalty_centavos"] > 0, summary


def check_penalties_add_up(penalties):
    done = subprocess.run([sys.executable, HERE / "penalties_add_up.py"], input=penalties, text=True,
                          capture_output=True)
    print(done.stdout.strip(), done.stderr.strip(), flush=True)
    assert done.returncode == 0, done.stderr


def check_status_adds_up(chain):
    """The three institutions side by side sum to the monitor's own rows."""
    lines = int(chain.sql("select coalesce(sum(penalty_centavos), 0) from monitor.order_line")[0][0])
    assert lines == chain.demo_summary()["penalty_centavos"], lines


def check_every_file_is_read_whole(chain):
    for gateway in ("gateway_imss", "gateway_issste", "gateway_imss_bienestar", "gateway_ssa"):
        aside = chain.sql(f"select * from {gateway}.file_account where state <> 'done' or quarantined > 0")
        assert not aside, aside


def vanished(chain):
    """Receipts that a later complete extract of SAI's altas does not bring."""
    told = chain.abasto("tail", "reported.receipts", "--from", "beginning", "--type", "ReportWithdrawn")
    return sum("ya no viene" in json.loads(line)["event"]["reason"] for line in told.splitlines())


def check_other_month(chain):
    expected = json.loads((ROOT / "tests/data/recepciones_otro_mes.expected.json").read_text())
    account = chain.load("imss-bienestar", OTHER_MONTH)
    assert account["rows"] == 404, account
    assert account["taken"] + account["quarantined"] == account["rows"], account
    assert account["quarantined"] == 12, (account, expected.get("quarantined"))


def main():
    with Chain(sys.argv[1]) as chain:
        chain.load_demo()
        chain.close_days()
        summary = chain.demo_summary()
        print(summary, flush=True)
        check_bundled_file(summary)
        judged = judgements(chain)
        check_penalties_add_up(chain.penalties())
        check_status_adds_up(chain)
        check_every_file_is_read_whole(chain)
        gone = vanished(chain)
        assert gone >= 20, gone
        chain.load_demo()
        chain.close_days()
        assert chain.demo_summary() == summary, (summary, chain.demo_summary())
        again = difference(judged, judgements(chain))
        assert not again, "\n".join(["the same files again changed:", *again])
        assert vanished(chain) == gone, (vanished(chain), gone)
        pathlib.Path(sys.argv[2]).write_text(json.dumps({"summary": summary, "judged": judged}))
        check_other_month(chain)
        after = chain.demo_summary()
        assert [after[name] for name in ("receipts", "taken", "quarantined")] == \
            [summary[name] for name in ("receipts", "taken", "quarantined")], after
    print("demo story: ok")


if __name__ == "__main__":
    main()
