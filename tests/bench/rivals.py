"""Others that do the plain stage's job, each as well as it can: the same broker, database, events and columns.

Their table has the key that they would give it, receipt_id alone; ours also has the shard in it. `keys` compares.

| name         | what                                      | settings                                                  | guarantee |
| go, java     | by hand, with outbox rows and a publisher | 2 threads, 2,000 a batch, unnest, positions in the rows'  | state once for one instance, no fence; |
|              |                                           | transaction, idempotent producer                          | events at least once |
| *_upsert     | the same, publishing nothing              | the same                                                  | state once for one instance, no fence |
| debezium     | Kafka Connect, Debezium's JDBC sink       | 2 tasks, unnest, 5,000 a batch, ParallelGC, 4 GiB         | at least once; idempotent by key; publishes nothing |
| debezium_stock | the same                                | 2 tasks, unnest, 2,000 a batch, Connect's own JVM flags   | the same |
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from measure import ROOT, free_port, run_stage

SOURCES = pathlib.Path(__file__).resolve().parent / "rivals"
CACHE = ROOT / "var" / "cache" / "rivals"
SCHEMA = pathlib.Path(__file__).resolve().parent / "schemas" / "ReceiptTaken.v1.avsc"
THREADS, BATCH = "2", "2000"
HANDTUNED = ["go", "java"]
DEBEZIUM = ["debezium", "debezium_stock"]
STOCK_FLAGS = ["-Xms256M", "-Xmx2G", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35",
               "-XX:+ExplicitGCInvokesConcurrent"]
BEST_FLAGS = ["-Xms256M", "-Xmx4G", "-XX:+UseParallelGC"]
TABLES = """
drop schema if exists rival cascade;
create schema rival;
create table rival.delivery (receipt_id text primary key, contract text not null, order_id text not null,
 clave text not null, clues text not null, lot text not null, expiry integer not null, quantity integer not null,
 unit_price bigint not null, received_at bigint not null);
create table rival.outbox (id bigserial primary key, k text not null, payload bytea not null);
create table rival.kafka_offsets (topic text, part integer, off bigint not null, primary key (topic, part));
"""


# -- fetched and compiled ------------------------------------------------------------------------

def fetch_jars(pom, folder):
    settings = ["-s", os.environ["MAVEN_SETTINGS"]] if os.environ.get("MAVEN_SETTINGS") else []
    subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", *settings, "-f", pom, "dependency:copy-dependencies",
                    "-DincludeScope=runtime", f"-DoutputDirectory={folder}"], check=True, stdin=subprocess.DEVNULL)


def build_go(folder):
    subprocess.run(["go", "build", "-buildvcs=false", "-o", folder / "rival", "."], cwd=SOURCES / "go", check=True)


def build_java(folder):
    fetch_jars(SOURCES / "java" / "pom.xml", folder / "libs")
    subprocess.run(["javac", "-nowarn", "--release", "17", "-cp", f"{folder}/libs/*", "-d", folder / "classes",
                    SOURCES / "java" / "Rival.java"], check=True)


# What the worker has itself, in other versions, must not be in the folders of plugins; other databases' drivers need not.
CLASHING = re.compile(r"(connect-|kafka-clients|jackson-(annotations|core|databind|datatype-jdk8)|slf4j-api|lz4-java|snappy-java|"
                      r"zstd-jni|ojdbc|mssql-jdbc|mysql-connector|mariadb)")


def build_connect(folder):
    fetch_jars(SOURCES / "connect" / "runtime-pom.xml", folder / "runtime")
    for plugin in ("sink", "converter"):
        jars = folder / "plugins" / plugin
        fetch_jars(SOURCES / "connect" / f"{plugin}-pom.xml", jars)
        for jar in jars.iterdir():
            if CLASHING.match(jar.name):
                jar.unlink()


def build():
    """Fetches and compiles what has changed; a rival whose tools are missing is an error, not left out."""
    for name, make in (("go", build_go), ("java", build_java), ("connect", build_connect)):
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted((SOURCES / name).iterdir()))).hexdigest()
        folder = CACHE / name
        if (folder / "made-of").is_file() and (folder / "made-of").read_text() == digest:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        (folder / "made-of").write_text(digest)


# -- measured ------------------------------------------------------------------------------------

def database(ground):
    return re.match(r"postgresql://(?P<user>[^:]+):(?P<password>[^@]+)@(?P<host>[^:]+):(?P<port>\d+)/(?P<name>[^?]+)",
                    ground.stack("ABASTO_DATABASE")).groupdict()


def environment(ground):
    at = database(ground)
    return {**os.environ, "RIVAL_BROKERS": ground.stack("ABASTO_BROKERS"), "RIVAL_TOPIC": "bench.receipts",
            "RIVAL_OUT_TOPIC": "bench.rival", "RIVAL_SCHEMA": str(SCHEMA), "RIVAL_USER": at["user"],
            "RIVAL_PASSWORD": at["password"],
            "RIVAL_DSN": f"host={at['host']} port={at['port']} user={at['user']} password={at['password']} dbname={at['name']}"
                         " sslmode=disable search_path=rival",
            "RIVAL_JDBC": f"jdbc:postgresql://{at['host']}:{at['port']}/{at['name']}?currentSchema=rival"}


def reset(ground):
    ground.bench("empty", "--topic", "bench.rival")
    ground.bench("prepare")
    ground.sql(TABLES)


def by_hand(ground, events, command, publishes):
    reset(ground)
    watched = ["--table", "rival.delivery", "--count", events]
    if publishes:
        watched += ["--topic", "bench.rival"]
    return run_stage(ground, [*command, "outbox" if publishes else "none"], environment(ground), watched, events)


def go(ground, events, publishes=True):
    return by_hand(ground, events, [CACHE / "go" / "rival", THREADS, BATCH], publishes)


def java(ground, events, publishes=True):
    classes = f"{CACHE}/java/classes:{CACHE}/java/libs/*"
    return by_hand(ground, events, ["java", "-Xms256m", "-Xmx1g", "-XX:+UseParallelGC", "-cp", classes, "Rival",
                                    THREADS, BATCH, "unnest"], publishes)


def connect_settings(ground, folder, registry, batch):
    at = database(ground)
    worker = folder / "worker.properties"
    worker.write_text(f"""bootstrap.servers={ground.stack("ABASTO_BROKERS")}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=io.apicurio.registry.utils.converter.AvroConverter
value.converter.apicurio.registry.url=http://127.0.0.1:{registry}/apis/registry/v2
value.converter.apicurio.registry.id-handler=io.apicurio.registry.serde.Legacy4ByteIdHandler
value.converter.apicurio.registry.use-id=contentId
value.converter.apicurio.registry.converter.serializer=io.apicurio.registry.serde.avro.AvroKafkaSerializer
value.converter.apicurio.registry.converter.deserializer=io.apicurio.registry.serde.avro.AvroKafkaDeserializer
header.converter=org.apache.kafka.connect.converters.ByteArrayConverter
offset.storage.file.filename={folder}/offsets
offset.flush.interval.ms=5000
plugin.path={CACHE}/connect/plugins
plugin.discovery=only_scan
listeners=http://127.0.0.1:{free_port()}
connector.client.config.override.policy=All
""")
    sink = folder / "sink.properties"
    sink.write_text(f"""name=sink
connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
tasks.max={THREADS}
topics=bench.receipts
connection.url=jdbc:postgresql://{at["host"]}:{at["port"]}/{at["name"]}?currentSchema=rival
connection.username={at["user"]}
connection.password={at["password"]}
connection.pool.max_size=8
insert.mode=upsert
primary.key.mode=record_value
primary.key.fields=receipt_id
collection.name.format=rival.delivery
schema.evolution=none
batch.size={batch}
dialect.postgres.unnest.insert.enabled=true
consumer.override.group.id=debezium-{os.urandom(4).hex()}
consumer.override.max.poll.records={batch}
consumer.override.auto.offset.reset=earliest
consumer.override.fetch.min.bytes=65536
consumer.override.max.partition.fetch.bytes=8388608
""")
    return [worker, sink]


def debezium(ground, events, flags, batch):
    reset(ground)
    folder = ground.folder / "connect"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    registry = subprocess.Popen([SOURCES / "connect" / "registry.py", SCHEMA], stdout=subprocess.PIPE, text=True)
    try:
        settings = connect_settings(ground, folder, registry.stdout.readline().strip(), batch)
        command = ["java", *flags, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{CACHE}/connect/runtime/*",
                   "org.apache.kafka.connect.cli.ConnectStandalone", *settings]
        return run_stage(ground, command, dict(os.environ), ["--table", "rival.delivery", "--count", events], events)
    finally:
        registry.terminate()
        registry.wait()


def all_of(ground, events):
    return [("go", lambda: go(ground, events)), ("java", lambda: java(ground, events)),
            ("debezium", lambda: debezium(ground, events, BEST_FLAGS, 5000)),
            ("debezium_stock", lambda: debezium(ground, events, STOCK_FLAGS, 2000)),
            ("go_upsert", lambda: go(ground, events, publishes=False)),
            ("java_upsert", lambda: java(ground, events, publishes=False))]


def keys(runs, ratio):
    """`plain_vs_*`: ours, that publishes and is fenced, over theirs, round by round; the least of the ratios."""
    found = {}
    for name in HANDTUNED + DEBEZIUM + ["go_upsert", "java_upsert"]:
        if name in runs:
            found[f"plain_vs_{name}"] = ratio(runs, "plain", name)
    by_hand_ratios = [found[f"plain_vs_{name}"] for name in HANDTUNED if name in runs]
    if by_hand_ratios:
        found["plain_vs_best_handtuned"] = min(by_hand_ratios)
        found["plain_cpu_vs_leanest"] = max(ratio(runs, "plain", name, "own_cpu_us") for name in HANDTUNED if name in runs)
    sinks = [found.pop(f"plain_vs_{name}") for name in DEBEZIUM if name in runs]
    if sinks:
        found["plain_vs_debezium"] = min(sinks)
    return found
