#!/usr/bin/env python3
"""What the file of compose promises holds for every service in it, without an engine."""

import pathlib
import re
import unittest

import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = SOURCE / "deploy"
INSTITUTIONS = ["imss", "issste", "imss-bienestar", "ssa"]
# facts is a library of the others.
PROGRAMS = sorted(path.name for path in (SOURCE / "services").iterdir() if (path / "main.c").exists())
SERVICES = [name for name in PROGRAMS if name != "gateway"] + [f"gateway-{name}" for name in INSTITUTIONS]


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


class Compose(unittest.TestCase):
    def test_every_service_of_the_sources_runs(self):
        ours = set(compose()["services"]) - {"kafka", "postgresql", "init", "abasto"}
        self.assertEqual(sorted(ours), sorted(SERVICES))

    def test_every_container_is_guarded(self):
        for name, service in compose()["services"].items():
            with self.subTest(name):
                self.assertTrue(service["read_only"])
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertIn("mem_limit", service)
                self.assertNotIn("privileged", service)

    def test_ports_are_of_this_machine_only(self):
        for name, service in compose()["services"].items():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), f"{name}: {port}")
            self.assertIn("internal", service["networks"])
        self.assertTrue(compose()["networks"]["internal"]["internal"])

    def test_secrets_come_from_files(self):
        secrets = compose()["secrets"]
        for name, service in compose()["services"].items():
            for variable, value in service.get("environment", {}).items():
                if re.search("PASSWORD|DATABASE", variable):
                    self.assertTrue(variable.endswith("_FILE"), f"{name}: {variable}")
                    self.assertIn(pathlib.Path(value).name, secrets)
                    self.assertIn(pathlib.Path(value).name, service["secrets"])

    def test_services_wait_for_what_they_stand_on(self):
        services = compose()["services"]
        for name in SERVICES:
            self.assertEqual(services[name]["depends_on"], {"init": {"condition": "service_completed_successfully"}})
        self.assertEqual(services["init"]["depends_on"], {"kafka": {"condition": "service_healthy"},
                                                          "postgresql": {"condition": "service_healthy"}})

    def test_a_gateway_has_the_folders_of_its_institution_only(self):
        for institution in INSTITUTIONS:
            gateway = compose()["services"][f"gateway-{institution}"]
            self.assertEqual(gateway["environment"]["ABASTO_INSTITUTION"], institution)
            self.assertEqual(gateway["environment"]["ABASTO_DROP_FOLDER"], f"/var/lib/abasto/drop/{institution}")
            self.assertEqual([volume.rsplit(":", 1)[1] for volume in gateway["volumes"]],
                             [f"/var/lib/abasto/drop/{institution}", f"/var/lib/abasto/archive/{institution}"])

    def test_every_volume_is_declared_and_used(self):
        used = set()
        for service in compose()["services"].values():
            for volume in service.get("volumes", []):
                source = re.sub(r"^\$\{[A-Z_]+:-([^}]+)\}", r"\1", volume).split(":")[0]
                if not source.startswith("."):
                    used.add(source)
        self.assertEqual(used, set(compose()["volumes"]))

    def test_the_broker_has_the_settings_of_the_stack(self):
        own = re.compile(r"^(listeners|advertised\.listeners|controller\.quorum\.voters|log\.dirs)=")

        def settings(text):
            return {line for line in text.splitlines() if re.match(r"[a-z.]+=", line) and not own.match(line)}

        stack = (DEPLOY / "stack/stack.sh").read_text(encoding="utf-8")
        stack = stack.split("<<PROPERTIES\n")[1].split("\nPROPERTIES\n")[0]
        self.assertEqual(settings((DEPLOY / "kafka/server.properties").read_text(encoding="utf-8")), settings(stack))


if __name__ == "__main__":
    unittest.main()
