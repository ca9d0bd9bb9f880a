"""Hands a stream of facts to the institutions' doors: files by renaming them into the drop folder, reports to the inbox."""
import csv
import json
import os
import threading
import time

from confluent_kafka import Producer

from facts import Close, File, report_bytes


class Driver(threading.Thread):
    """At `rate` inputs per second, in the stream's order; `rate` may be changed while it runs."""

    def __init__(self, chain, stream, rate):
        super().__init__(daemon=True)
        self.chain, self.stream, self.rate = chain, stream, rate
        self.failed, self.done, self.given = None, False, 0
        self.days = None
        self.refused = []
        self.producer = Producer({"bootstrap.servers": chain.stack("ABASTO_BROKERS"), "enable.idempotence": True,
                                  "message.timeout.ms": 0, "linger.ms": 5, "reconnect.backoff.max.ms": 1000,
                                  "log_level": 2})

    def run(self):
        try:
            due = time.monotonic()
            for act in self.stream.acts:
                weight = self.give(act)
                self.given += weight
                due = max(due + weight / self.rate, time.monotonic() - 1)
                while (left := due - time.monotonic()) > 0:
                    self.producer.poll(min(left, 0.1))
            assert self.producer.flush(120) == 0, "the brokers do not take the last reports"
            assert not self.refused, self.refused[:3]
        except Exception as fault:  # told by the main thread
            self.failed = fault
        self.done = True

    def give(self, act):
        if isinstance(act, File):
            self.drop(act)
            return len(act.rows)
        if isinstance(act, Close):
            self.close(act)
            return (act.last - act.first).days + 1
        self.publish(act)
        return 1

    def drop(self, act):
        folder = self.chain.folder / "drop" / act.institution
        hidden = folder / f".{act.name}"
        with open(hidden, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(act.rows[0]))
            writer.writeheader()
            writer.writerows(act.rows)
        (folder / f"{act.name}.meta.json").write_text(json.dumps({"layout": act.layout, "nature": "demostracion"}))
        os.rename(hidden, folder / act.name)

    def publish(self, report):
        headers = {"ce_id": report.ce_id, "ce_source": "/caos", "ce_type": report.ce_type,
                   "ce_time": "2025-06-01T12:00:00Z"}
        self.producer.produce(f"inbox.{report.institution}", report_bytes(report), headers=headers,
                              on_delivery=lambda error, _: self.refused.append(error) if error else None)
        self.producer.poll(0)

    def close(self, act):
        """Days are closed until the brokers take it: closing one again changes nothing."""
        self.producer.flush(60)
        while True:
            code, _, said = self.chain.run("day", "close", act.first.isoformat(), act.last.isoformat())
            if code == 0:
                return
            if self.days and time.monotonic() - self.days > 120:
                raise RuntimeError(f"no day can be closed: {said}")
            self.days = self.days or time.monotonic()
            time.sleep(0.5)
