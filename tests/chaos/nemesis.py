"""What goes wrong, by a seed: one fault after another, and beside each other those that last.

A fault is counted when it was seen to happen: the process died, the proxy says that it cut, PostgreSQL was refused.
"""
import random
import signal
import subprocess
import threading
import time

from cluster import BROKERS, INSTANCES, SERVICES, SESSION_MS, process_state

HELD_S = 5  # for so long a commit is waited for that is to be tampered with
# Rules older than what a broker takes from a clock that is ahead (an hour), and than a month's data.
JUMPS_S = [-40 * 86400, -7200, -300, 300, 7200, 40 * 86400]


class Nemesis(threading.Thread):
    def __init__(self, cluster, seed, pause_s):
        super().__init__(daemon=True)
        self.cluster, self.story, self.pause_s = cluster, cluster.story, pause_s
        self.rng = random.Random(f"{seed}/nemesis")
        self.stopping = threading.Event()
        self.lasting, self.failed = [], []
        self.broker_away, self.database_away = threading.Lock(), threading.Lock()
        self.acts = [(self.kill, 6), (self.stop, 3), (self.stop_in_pipeline, 3), (self.end_backends, 4),
                     (self.crash_database, 2), (self.kill_broker, 2), (self.cut, 3), (self.before, 3), (self.after, 5),
                     (self.unsynced, 2), (self.stall, 2), (self.hold, 2), (self.fill, 2), (self.jump, 3),
                     (self.add, 2), (self.remove, 3)]

    def run(self):
        plan = []
        while not self.stopping.is_set():
            if not plan:  # each as often as its weight says, however short the run, in an order of the seed
                plan = [act for act, weight in self.acts for _ in range(weight)]
                self.rng.shuffle(plan)
            self.start_act(plan.pop(), random.Random(self.rng.random()))
            self.stopping.wait(self.rng.uniform(0.4, 1.6) * self.pause_s)

    def start_act(self, act, rng):
        thread = threading.Thread(target=self.do, args=(act, rng), daemon=True)
        thread.start()
        self.lasting = [one for one in self.lasting if one.is_alive()] + [thread]

    def do(self, act, rng):
        try:
            act(rng)
        except Exception as fault:  # told by the main thread: an act that cannot be done is a fault of ours
            if self.cluster.ending:
                return  # all is being taken down
            self.story.tell(f"{act.__name__} failed: {fault!r}")
            self.failed.append((act.__name__, repr(fault)))

    def end(self):
        """No new fault; what lasts is waited for."""
        self.stopping.set()
        self.join()
        for thread in self.lasting:
            thread.join(120)

    # -- whom -------------------------------------------------------------------------------------

    def take(self, rng, owning=False):
        """A running instance that no other fault has, held; None: there is none just now."""
        running = self.cluster.running()
        rng.shuffle(running)
        for one in running:
            if one.busy.acquire(blocking=False):
                if one.runs() and (not owning or one.owns() > 0):
                    return one
                one.busy.release()
        return None

    def with_one(self, rng, what, owning=False):
        one = self.take(rng, owning)
        if one is not None:
            try:
                what(one)
            finally:
                one.busy.release()

    # -- processes --------------------------------------------------------------------------------

    def kill(self, rng):
        def act(one):
            one.kill()
            self.story.fault("kill", one.name)
            time.sleep(rng.uniform(0.1, 1.5 * SESSION_MS / 1000))
            one.start()
        self.with_one(rng, act)

    def stop(self, rng):
        def act(one):
            self.stop_one(one, rng)
        self.with_one(rng, act, owning=True)

    def stop_one(self, one, rng, kind="stop"):
        seconds = SESSION_MS / 1000 * rng.uniform(1.2, 2.5)
        one.signal(signal.SIGSTOP)
        try:
            self.story.fault(kind, f"{one.name} for {seconds:.1f} s")
            time.sleep(seconds)
        finally:
            one.signal(signal.SIGCONT)
            self.story.tell(f"{one.name} goes on")

    def stop_in_pipeline(self, rng):
        """Half of a commit is with the server, which holds the shard's row; the rest comes when the owner is another."""
        def act(one):
            proxy = self.cluster.proxy
            proxy.command(one.door, "hold", int(SESSION_MS * rng.uniform(0.5, 3)))
            if proxy.heard(one.door, HELD_S) == "held":
                self.stop_one(one, rng, "stop in mid-pipeline")
            else:
                proxy.command(one.door, "none")
        self.with_one(rng, act, owning=True)

    def add(self, rng):
        def act(one):
            one.start()
            self.story.fault("add", one.name)
            time.sleep(rng.uniform(3, 15))
            if one.runs():
                status = one.terminate()
                self.story.fault("remove", f"{one.name}, exit {status}")
        spares = [one for one in self.cluster.instances
                  if one.name.endswith(f"/{INSTANCES + 1}") and not one.runs() and one.busy.acquire(blocking=False)]
        if spares:
            chosen = rng.choice(spares)
            for one in spares:
                if one is not chosen:
                    one.busy.release()
            try:
                act(chosen)
            finally:
                chosen.busy.release()

    def remove(self, rng):
        """SIGTERM, as an upgrade does, and a new one."""
        def act(one):
            status = one.terminate()
            self.story.fault("restart", f"{one.name}, exit {status}")
            if status != 0:
                self.failed.append(("SIGTERM", f"{one.name} exits with {status}"))
            time.sleep(rng.uniform(0, 2))
            one.start()
        self.with_one(rng, act)

    def jump(self, rng):
        def act(one):
            seconds = rng.choice(JUMPS_S)
            one.set_clock(seconds)
            self.story.fault("clock", f"{one.name} by {seconds} s")
            time.sleep(rng.uniform(2, 20))
            one.set_clock(0)
            self.story.tell(f"clock: {one.name} is right again")
        self.with_one(rng, act)

    # -- connections ------------------------------------------------------------------------------

    def tamper(self, rng, word, *arguments):
        """Arms the proxy for the next commit of an instance and waits until it came."""
        def act(one):
            proxy = self.cluster.proxy
            proxy.command(one.door, word, *arguments)
            said = proxy.heard(one.door, HELD_S)
            if said is None:
                proxy.command(one.door, "none")
            else:
                self.story.fault(f"commit {word}", one.name)
                if said == "held":
                    proxy.heard(one.door, 60)
        self.with_one(rng, act, owning=True)

    def before(self, rng):
        self.tamper(rng, "before")

    def after(self, rng):
        self.tamper(rng, "after")

    def unsynced(self, rng):
        self.tamper(rng, "unsynced")

    def hold(self, rng):
        self.tamper(rng, "hold", rng.randrange(500, 4000))

    def cut(self, rng):
        def act(one):
            self.cluster.proxy.command(one.door, "cut")
            self.cluster.proxy.heard(one.door, HELD_S)
            self.story.fault("connections cut", one.name)
        self.with_one(rng, act, owning=True)

    def stall(self, rng):
        def act(one):
            milliseconds = rng.randrange(500, 6000)
            self.cluster.proxy.command(one.door, "stall", milliseconds)
            self.cluster.proxy.heard(one.door, HELD_S)
            self.story.fault("connections stalled", f"{one.name} for {milliseconds} ms")
            self.cluster.proxy.heard(one.door, milliseconds / 1000 + HELD_S)
        self.with_one(rng, act, owning=True)

    # -- database and brokers ---------------------------------------------------------------------

    def end_backends(self, rng):
        """Some of the sessions of a service, or all of all."""
        if self.database_away.locked():
            return
        whose = rng.choice([f"abasto {name.replace('-', '_')}" for name in SERVICES] + ["abasto %"] * 2)
        try:
            rows = self.cluster.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity "
                                    f"where application_name like '{whose}'")
        except subprocess.CalledProcessError:
            return  # the database went down just now
        if int(rows[0][0]) > 0:
            self.story.fault("pg_terminate_backend", f"{rows[0][0]} of '{whose}'")

    def crash_database(self, rng):
        """What `pg_ctl stop -m immediate` does: SIGQUIT to the postmaster, no checkpoint, recovery at the start."""
        with self.database_away:
            self.cluster.end_part("postgresql", signal.SIGQUIT)
            self.story.fault("database stopped at once", "SIGQUIT to the postmaster")
            time.sleep(rng.uniform(0, 3))
            self.cluster.start_part("postgresql")
            self.story.tell("database up again")

    def fill(self, rng):
        """The volume is full for a while. The postmaster may end by it: then somebody starts it when there is room."""
        with self.database_away:
            before, seconds = self.cluster.refused_writes(), rng.uniform(1, 5)
            self.cluster.fill_volume(True)
            time.sleep(seconds)
            self.cluster.fill_volume(False)
            refused = self.cluster.refused_writes() - before
            if refused:
                self.story.fault("volume full", f"for {seconds:.1f} s, {refused} writes refused")
            if process_state(self.cluster.part_pid("postgresql")) in (None, "Z", "X"):
                self.story.tell("the postmaster ended: started again")
            self.cluster.start_part("postgresql")

    def kill_broker(self, rng):
        """One at a time: two of three must have what is acknowledged."""
        if not self.broker_away.acquire(blocking=False):
            return
        try:
            name = rng.choice(BROKERS)
            self.cluster.end_part(name, signal.SIGKILL)
            self.story.fault("broker kill", name)
            time.sleep(rng.uniform(0, 5))
            self.cluster.start_part(name)
            self.story.tell(f"{name} up again")
        finally:
            self.broker_away.release()
