#!/usr/bin/env python3
"""move_story.py BUILD FIGURES: half of the shards move to a second PostgreSQL server while everything is read, and the tool is
killed at each of its steps; the second server goes away for a while; the same numbers."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "stack")]
from chain import FIRST_DAY, Chain, wait_until  # noqa: E402
from figures import difference, judgements  # noqa: E402

# service, shard, and the step at which the tool is killed for the first time.
MOVES = [("deliveries", 1, 1), ("sanctions", 1, 2), ("monitor", 1, 3), ("deliveries", 3, 4), ("sanctions", 3, 3),
         ("monitor", 3, 4), ("gateway.issste", 0, 2)]
# So many files are let in before each move: the load does not run away from them.
FILES_PER_MOVE = 2


def order(service, shard, to, *more):
    return ["shard", "move", "--service", service, "--shard", str(shard), "--to", to, *more]


def killed_move(chain, service, shard, step, *more):
    """kill -9 as soon as the tool says that it begins a step, which is then done, or not."""
    tool = subprocess.Popen([chain.build / "abasto", *order(service, shard, "segundo", "--execute", *more)], text=True,
                            stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8",
                                                         "ABASTO_STACK": str(chain.folder)})
    for line in tool.stdout:
        if line.startswith(f"{step}/4"):
            tool.kill()
            break
    else:
        raise AssertionError(f"{service}/{shard}: step {step} never came")
    tool.wait(60)
    tool.stdout.close()


def homes(chain):
    return {(row["service"], int(row["shard"])): (row["server"], row["state"]) for row in
            map(json.loads, chain.abasto("shard", "list", "--json").splitlines())}


def one_home_each(chain):
    """No row on two servers, ever; none only between the last two steps, and then it is told."""
    for service in ("deliveries", "sanctions", "monitor"):
        ids = [int(shard) for (shard,) in chain.sql(f"select id from {service}.shard")]
        assert len(set(ids)) == len(ids), (service, ids)
        for missing in {0, 1, 2, 3} - set(ids):
            assert "a medio mover" in homes(chain)[service, missing][1], (service, missing)


def move_all(chain, let_in, loading):
    for service, shard, step in MOVES:
        let_in.release(FILES_PER_MOVE)
        assert loading.is_alive(), "everything was loaded before it could be moved"
        simulated = chain.abasto(*order(service, shard, "segundo"))
        assert f"{service}/{shard} iría de principal a segundo" in simulated, simulated
        killed_move(chain, service, shard, step)
        one_home_each(chain)
        if step == 2:  # taken back once, and begun anew
            assert f"{service}/{shard} está en principal" in chain.abasto(
                *order(service, shard, "segundo", "--undo", "--execute"))
            assert homes(chain)[service, shard] == ("principal", "en servicio")
        assert f"{service}/{shard} está en segundo" in chain.abasto(*order(service, shard, "segundo", "--execute"))
        one_home_each(chain)
        assert homes(chain)[service, shard] == ("segundo", "en servicio")


def batches(chain, server):
    return sum(int(batch) for (batch,) in chain.sql("select batch from deliveries.shard", [server]))


def second_server_goes_away(chain):
    """kill -9 of the whole second server: the shards on the first go on; what it held goes on when it is back."""
    before = batches(chain, "principal")
    os.kill(int((chain.folder / "run" / "postgresql-2.pid").read_text().split()[0]), signal.SIGKILL)
    try:
        chain.abasto("day", "close", FIRST_DAY, "2025-07-31")
        wait_until("the shards on the first server go on", lambda: batches(chain, "principal") > before + 2, 90)
    finally:
        chain.script("stack.sh", "up", chain.folder, "postgresql-2", **chain.stack_settings)


def set_aside_one(chain):
    """A row that cannot be read: its content is kept where the gateway is, what is shown of it where monitor's shard is."""
    path = chain.folder / "ilegible.csv"
    path.write_text("recepcion,contrato,orden,clave,piezas,fecha_fisica,tipo,corte,naturaleza\n"
                    "MOV-1,MOV-1,MOV-1,010.000.2540.00,7,2025-06-31,entrega,2025-06-30,demostracion\n")
    chain.run("load", path, "--institution", "issste")
    wait_until("monitor knows of it", lambda: chain.abasto("quarantine", "list", "--json") != "")


def readers_agree(chain):
    """What the command line sums up over both servers is what they hold."""
    total = [json.loads(line) for line in chain.abasto("status", "--json").splitlines()][-1]
    rows = chain.sql("select coalesce(sum(accepted_pieces), 0), coalesce(sum(penalty_centavos), 0) from monitor.order_line")
    assert len(rows) == 2 and all(int(pieces) > 0 for pieces, _ in rows), rows
    assert total["accepted_pieces"] == sum(int(pieces) for pieces, _ in rows), (total, rows)
    assert total["penalty_centavos"] == sum(int(penalty) for _, penalty in rows), (total, rows)
    for command, table, name in (("quarantine", "set_aside", "quarantine_id"), ("findings", "finding", "finding_id")):
        told = [json.loads(line) for line in chain.abasto(command, "list", "--json").splitlines()]
        stands = "state in ('abierta', 'detenida')" if command == "quarantine" else "open"
        kept = chain.sql(f"select {name} from monitor.{table} where {stands}")
        assert len(told) == len(kept) > 0, (command, len(told), len(kept))
    aside = json.loads(chain.abasto("quarantine", "list", "--institution", "issste", "--json").splitlines()[0])
    assert "MOV-1" in json.loads(chain.abasto("quarantine", "show", aside["quarantine_id"], "--json"))["payload"], aside
    penalty = json.loads(chain.penalties().splitlines()[0])
    assert chain.abasto("explain", penalty["sanction_id"]) != "", penalty
    assert "nadie espera nada" in chain.abasto("redrive")
    assert "nada que hacer" in chain.abasto("restore")
    chain.abasto("shard", "create")
    one_home_each(chain)
    # Who knows only the first server is told, and given no part of a sum.
    code, out, problem = chain.run("status", ABASTO_STACK="", ABASTO_DATABASE=chain.stack("ABASTO_DATABASE"))
    assert code == 1 and out == "" and "está en el servidor segundo" in problem, (code, out, problem)


def main():
    expected = json.loads(pathlib.Path(sys.argv[2]).read_text())
    with Chain(sys.argv[1], databases=2) as chain:
        let_in = threading.Semaphore(FILES_PER_MOVE)
        loading = threading.Thread(target=chain.load_demo, args=(lambda files: let_in.acquire(),))
        loading.start()
        wait_until("deliveries works", lambda: (chain.metrics("deliveries") or {}).get(
            "abasto_messages_total", 0) > 300, 120)
        pids = {name: chain.pid(name) for name in ("deliveries", "sanctions", "monitor", "gateway-issste")}
        move_all(chain, let_in, loading)
        let_in.release(1000)
        loading.join()
        second_server_goes_away(chain)
        chain.close_days()
        assert {name: chain.pid(name) for name in pids} == pids, "nobody had to be started anew"
        said = difference(expected["judged"], judgements(chain))
        assert not said, "\n".join(["after the moves:", *said])
        assert chain.demo_summary() == expected["summary"], chain.demo_summary()
        set_aside_one(chain)
        readers_agree(chain)
        assert "deliveries/3 está en principal" in chain.abasto(*order("deliveries", 3, "principal", "--execute"))
        for name in pids:
            chain.kill(name)
        chain.up()
        chain.close_days()
        said = difference(expected["judged"], judgements(chain))
        assert not said, "\n".join(["after moving back and a restart:", *said])
        assert homes(chain)["deliveries", 3] == ("principal", "en servicio")
    print("move story: ok")


if __name__ == "__main__":
    main()
