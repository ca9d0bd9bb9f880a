"""principals.py: everybody that deploy/topics.json gives access to, a name per line: services, gateways, institutions, clients."""
import json
import pathlib

TOPICS = pathlib.Path(__file__).resolve().parents[1] / "topics.json"


def principals():
    declared = json.loads(TOPICS.read_text())
    topics = declared["topics"]
    inboxes = [topic for topic in topics if topic["kind"] == "inbox"]
    institutions = {topic["institution"] for topic in inboxes}
    gateways = {reader for topic in inboxes for reader in topic["readers"]}
    services = {name for topic in topics for name in [topic["owner"], *topic["readers"]]} - {None, "*"}
    return [*sorted(services - gateways),
            *(f"{gateway}.{institution}" for gateway in sorted(gateways) for institution in sorted(institutions)),
            *sorted(institutions), *sorted(client["name"] for client in declared["clients"])]


if __name__ == "__main__":
    print("\n".join(principals()))
