#!/usr/bin/env python3
"""What the files of compose and Kubernetes promise holds for every service in them, without an engine or a cluster."""

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


def manifests():
    base = DEPLOY / "kubernetes" / "base"
    listed = yaml.safe_load((base / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    files = sorted(path.name for path in base.glob("*.yaml") if path.name != "kustomization.yaml")
    assert sorted(listed) == files, (listed, files)
    return [document for name in listed
            for document in yaml.safe_load_all((base / name).read_text(encoding="utf-8"))]


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
        for name in ["number", "copies", "acknowledged"]:  # of one broker
            stack = stack.replace(f"${name}", "1")
        self.assertEqual(settings((DEPLOY / "kafka/server.properties").read_text(encoding="utf-8")), settings(stack))


class Kubernetes(unittest.TestCase):
    def test_every_service_of_the_sources_is_deployed_and_found(self):
        for kind in ["Deployment", "Service"]:
            names = [one["metadata"]["name"] for one in manifests() if one["kind"] == kind]
            self.assertEqual(sorted(names), sorted(SERVICES))

    def test_every_pod_is_guarded_and_asked(self):
        for one in manifests():
            if one["kind"] not in ("Deployment", "Job"):
                continue
            with self.subTest(one["metadata"]["name"]):
                pod = one["spec"]["template"]["spec"]
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse(pod["automountServiceAccountToken"])
                (container,) = pod["containers"]
                self.assertEqual(container["securityContext"],
                                 {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                  "capabilities": {"drop": ["ALL"]}})
                self.assertIn("memory", container["resources"]["limits"])
                if one["kind"] == "Deployment":
                    self.assertEqual(container["livenessProbe"]["httpGet"]["path"], "/livez")
                    self.assertEqual(container["readinessProbe"]["httpGet"]["path"], "/readyz")
                    labels = one["spec"]["template"]["metadata"]["labels"]
                    self.assertEqual(one["spec"]["selector"]["matchLabels"], labels)

    def test_a_gateway_is_of_its_institution_and_alone(self):
        for one in manifests():
            name = one["metadata"]["name"]
            if one["kind"] != "Deployment" or not name.startswith("gateway-"):
                continue
            institution = name.removeprefix("gateway-")
            self.assertEqual((one["spec"]["replicas"], one["spec"]["strategy"]), (1, {"type": "Recreate"}))
            (container,) = one["spec"]["template"]["spec"]["containers"]
            told = {item["name"]: item["value"] for item in container["env"]}
            self.assertEqual(told["ABASTO_INSTITUTION"], institution)
            claims = [volume["persistentVolumeClaim"]["claimName"]
                      for volume in one["spec"]["template"]["spec"]["volumes"] if "persistentVolumeClaim" in volume]
            self.assertEqual(claims, [f"drop-{institution}", f"archive-{institution}"])

    def test_the_example_names_every_image(self):
        example = yaml.safe_load((DEPLOY / "kubernetes/example/kustomization.yaml").read_text(encoding="utf-8"))
        named = {image["name"] for image in example["images"]}
        used = {container["image"] for one in manifests() if one["kind"] in ("Deployment", "Job")
                for container in one["spec"]["template"]["spec"]["containers"]}
        self.assertEqual(named, used)
        self.assertEqual(used, {"abasto"} | {f"abasto-{name}" for name in PROGRAMS})


if __name__ == "__main__":
    unittest.main()
