"""How long a shard is without an owner after kill -9 and after SIGTERM, measured while facts come in."""
import random
import signal
import subprocess
import time

from chain import wait_until
from cluster import SESSION_MS

SERVICES = ["contracts", "deliveries", "sanctions", "shipments"]
# ADR 5 and docs/reliability.md: the first commit of the new owner.
LIMITS_MS = {"kill -9": SESSION_MS + 1000, "SIGTERM": 1000}
PATIENCE_S = 30


class Psql:
    """One session that is asked again and again."""

    def __init__(self, database):
        self.process = subprocess.Popen(["psql", "--no-psqlrc", "-qAt", "-F", ",", database], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def rows(self, query):
        self.process.stdin.write(query + ";\n\\echo .\n")
        found = []
        for line in self.process.stdout:
            if line == ".\n":
                break
            found.append(line.strip().split(","))
        return found

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


class Takeovers:
    def __init__(self, cluster, seed):
        self.cluster, self.rng = cluster, random.Random(f"{seed}/takeover")
        self.first = {kind: [] for kind in LIMITS_MS}
        self.last = {kind: [] for kind in LIMITS_MS}

    def measure(self, rounds):
        database = Psql(self.cluster.stack("ABASTO_DATABASE"))
        for _ in range(rounds):
            for kind, number in (("kill -9", signal.SIGKILL), ("SIGTERM", signal.SIGTERM)):
                self.once(database, self.rng.choice(SERVICES), kind, number)
        database.close()

    def once(self, database, service, kind, number):
        """Ends an owner of shards; a takeover is itself a commit of the new owner, and raises the shard's epoch."""
        self.cluster.wait_ready()
        owners = []
        wait_until(f"{service} has an owner", lambda: owners.extend(one for one in self.cluster.of(service) if one.owns() > 0) or owners,
                   PATIENCE_S)
        victim = owners[0]
        query = f"select id, epoch from {service}.shard order by id"
        before = {shard: int(epoch) for shard, epoch in database.rows(query)}
        began = time.monotonic()
        victim.wanted = False
        victim.signal(number)
        taken = {}
        while len(taken) < len(before) and time.monotonic() - began < PATIENCE_S:
            for shard, epoch in database.rows(query):
                if int(epoch) > before[shard]:
                    taken.setdefault(shard, (time.monotonic() - began) * 1000)
            time.sleep(0.01)
        self.cluster.story.fault("takeover", f"{kind} of {victim.name}: "
                                 f"{', '.join(f'{shard} after {ms:.0f} ms' for shard, ms in sorted(taken.items()))}")
        self.first[kind].append(min(taken.values(), default=PATIENCE_S * 1000))
        self.last[kind].append(max(taken.values()) if len(taken) == len(before) else PATIENCE_S * 1000)
        victim.process.wait(60)
        victim.start()

    def lines(self):
        """The distribution; no verdict, for a machine that others load as well makes all of it slower."""
        for kind, limit in LIMITS_MS.items():
            for what, times in (("the first shard", sorted(self.first[kind])), ("every shard", sorted(self.last[kind]))):
                if times:
                    over = sum(ms > limit for ms in times)
                    yield (f"takeover of {what} after {kind}: {len(times)} times, {times[0]:.0f} to {times[-1]:.0f} ms, "
                           f"median {times[len(times) // 2]:.0f}; {over} over {limit}")
