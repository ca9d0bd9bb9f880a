#!/usr/bin/env python3
"""access_story.py BUILD FIGURES: a broker with an authorizer. The chain, each under its own name, gives the numbers that it gives
without; an institution is refused all but its inbox and its outcomes; rules that differ are told, and mended when asked."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import LAST_DAY, ROOT, Chain, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402

TOPIC, GROUP, CLUSTER = "TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED"


def test_python():
    return subprocess.run([ROOT / "deploy" / "test-tools.sh", "python"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def under(chain, name):
    """The settings by which the command line is somebody else than the administrator."""
    return {"ABASTO_SASL_USER": name, "ABASTO_SASL_PASSWORD_FILE": str(chain.folder / "run" / "secrets" / name)}


def client(chain, what):
    """What a client that knows nothing of ours did or was told."""
    return json.loads(subprocess.run([test_python(), HERE / "access_client.py", what, chain.stack("ABASTO_BROKERS"),
                                      chain.folder / "run" / "secrets"],
                                     check=True, text=True, stdout=subprocess.PIPE).stdout)


def must(chain, status, *arguments, **settings):
    code, out, err = chain.run(*arguments, **settings)
    assert code == status, (arguments, settings.get("ABASTO_SASL_USER"), code, out, err)
    return out, err


def the_chain_gives_the_same_numbers(chain, expected):
    chain.load_demo()
    chain.close_days(**under(chain, "clock"))
    said = difference(expected["judged"], judgements(chain))
    assert not said, "\n".join(["with access rules:", *said])
    assert chain.demo_summary() == expected["summary"], chain.demo_summary()


def people_have_what_is_theirs(chain):
    out, _ = must(chain, 0, "tail", "sanctions", "--last", "3", **under(chain, "operator"))
    assert len(out.splitlines()) == 3, out
    _, err = must(chain, 1, "day", "close", LAST_DAY, **under(chain, "operator"))
    assert CLUSTER in err, err  # who writes nothing at all may not even begin to
    _, err = must(chain, 1, "tail", "sanctions", **under(chain, "clock"))
    assert TOPIC in err, err
    _, err = must(chain, 1, "topics", "apply", **under(chain, "imss"))
    assert TOPIC in err, err
    _, err = must(chain, 3, "topics", "apply", ABASTO_SASL_USER="admin", ABASTO_SASL_PASSWORD="wrong")
    assert "_AUTHENTICATION" in err, err


def an_institution_has_its_two_topics(chain):
    said = client(chain, "ask")
    for allowed in ["imss publishes", "imss reads"]:
        assert said[allowed] == "ok", (allowed, said[allowed])
    assert said["imss sees"] == ["inbox.imss", "outcomes.imss"], said["imss sees"]
    for way in ["imss writes to", "imss reads from"]:
        assert set(said[way].values()) == {TOPIC}, said[way]
    assert set(said["imss joins"].values()) == {GROUP}, said["imss joins"]
    assert said["imss"] == {"creates a topic": TOPIC, "deletes its inbox": TOPIC, "gives itself access": CLUSTER}, said["imss"]
    assert said["gateway sees inboxes"] == ["inbox.imss"], said["gateway sees inboxes"]
    assert set(said["gateway"].values()) == {TOPIC}, said["gateway"]
    assert said["compliance"] == {"sanctions": "ok", "inbox.imss": TOPIC, "writes": TOPIC}, said["compliance"]
    assert said["a wrong password"] == "_AUTHENTICATION", said["a wrong password"]
    wait_until("its report is answered", lambda: "ACCESO-1" in chain.abasto(
        "tail", "outcomes.imss", "--from", "beginning"))


def differences_are_told_and_mended(chain):
    def lines(*options):
        out, _ = must(chain, 1 if "--dry-run" in options else 0, "topics", "apply", *options)
        return [line for line in out.splitlines() if line.startswith(("falta:", "sobra:", "ajena", "se "))]

    must(chain, 0, "topics", "apply", "--dry-run")
    client(chain, "meddle")
    extra, foreign = "sobra: User:imss READ topic sanctions", "ajena, alcanza lo nuestro: User:respaldo READ topic *"
    assert lines("--dry-run") == ["falta: User:deliveries READ topic orders", extra, foreign]
    assert lines() == ["se agrega: User:deliveries READ topic orders", extra, foreign]
    assert lines("--remove-access") == ["se quita: User:imss READ topic sanctions", foreign]
    assert lines() == [foreign]


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1], {"ABASTO_STACK_ACCESS": "on"}) as chain:
        the_chain_gives_the_same_numbers(chain, expected)
        people_have_what_is_theirs(chain)
        an_institution_has_its_two_topics(chain)
        differences_are_told_and_mended(chain)
    print("access story: ok")


if __name__ == "__main__":
    main()
