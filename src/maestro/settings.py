"""Settings: every option of Maestro, read from the environment (MAESTRO_...) and from one TOML file."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from maestro.errors import ConfigurationError

_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):(\d{1,5})")


def cluster_address(text: str) -> str:
    """The address of a Dask scheduler, such as tcp://10.0.0.5:8786, as it was given.

    Raises:
        ValueError: it is no such address.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found[3]) > 65_535:
        raise ValueError("an address has a protocol, a host and a port, such as tcp://10.0.0.5:8786")
    return text


def _names(given: Any) -> Any:
    """A list as people write it in an environment variable: with commas, or as JSON."""
    if not isinstance(given, str):
        return given
    if given.lstrip().startswith("["):
        try:
            return json.loads(given)
        except ValueError:
            raise ValueError("it begins like a JSON list and is none") from None
    return [name for each in given.split(",") if (name := each.strip())]


Positive = Annotated[float, Field(gt=0)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
Address = Annotated[str, AfterValidator(lambda text: cluster_address(text) if text else "")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class DatabaseSettings(_Part):
    """Where records are kept."""

    url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data folder. PostgreSQL: postgresql://user@host/name."""
    durability: Literal["process", "power"] = "process"
    """What a commit survives on SQLite: the death of the process, or a power cut too (slower)."""
    busy_timeout_s: Positive = 30.0
    """Seconds that a SQLite writer waits for another before it gives up."""
    pool_size: Annotated[int, Field(ge=1, le=100)] = 10
    """Connections kept open to the database."""


class ServerSettings(_Part):
    """The HTTP server and the dashboard."""

    host: str = "127.0.0.1"
    """Address to listen on; loopback unless told otherwise."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8321
    """TCP port; 0 takes any free one."""
    public_url: str = ""
    """Address that people type, when a proxy stands in front; empty means http://host:port."""
    access_token_minutes: Positive = 15.0
    """Life of an access token, in minutes."""
    refresh_token_days: Positive = 14.0
    """Life of a refresh token, in days."""
    sign_in_link_minutes: Positive = 60.0
    """Life of the one-time sign-in link, in minutes."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 12_000
    """Requests allowed a minute from one address (or one signed-in person)."""
    sign_in_attempts_per_minute: Annotated[int, Field(ge=1)] = 10
    """Sign-in attempts allowed a minute from one address."""


class ClockSettings(_Part):
    """How time passes in a simulated shop; your own shop lives in real time."""

    seconds_per_day: Positive = 2.0
    """Seconds of life for one simulated day on the accelerated clock."""


class EngineSettings(_Part):
    """Durable workflows."""

    queue_polling_s: Positive = 0.25
    """Seconds between two looks at the queue of resumed runs."""
    watch_s: Positive = 0.5
    """Seconds between two looks at what other processes did to the runs of this one."""
    concurrency: Annotated[int, Field(ge=1)] = 100
    """Workflows that one process runs at once; those that only wait are not counted."""
    step_timeout_s: Positive = 300.0
    """Seconds after which a step is given up, unless the step says otherwise."""
    executor_id: str = "local"
    """Name of this process among executors; a restarted process with the same name resumes its work."""
    workflows: Names = Field((), examples=["myshop.workflows,myshop.nightly:GRAPHS"])
    """Your own workflows: modules with a list GRAPHS, or module:name, as `maestro executor` takes them;
    several with commas between them."""
    keep_runs_days: Positive = 30.0
    """Days after which an ended run is forgotten by housekeeping."""


class AdaptationSettings(_Part):
    """What workflows learn from their own runs."""

    on: bool = True
    """Try other chunk sizes, widths and places, and act on predicted failures; off, it only predicts."""
    act_above: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Probability of failure above which a step is delayed or sent elsewhere, where that should help."""
    refuse_above: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Probability of failure above which a step is not begun at all; 1 means never."""
    delay_s: Positive = 60.0
    """Seconds that a step waits which would probably fail now."""
    most_width: Annotated[int, Field(ge=1)] = 16
    """Chunks of a map that may be worked at once."""
    longest_chunk_s: Positive = 10.0
    """Seconds that a chunk may take; a crash repeats what is in it."""
    most_runs: Annotated[int, Field(ge=20)] = 200
    """Runs after which a trial that proved nothing is reverted."""
    rest: Annotated[int, Field(ge=1)] = 500
    """Runs of a step between two looks at what is kept, and before anything is tried again."""
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    """Share of trials of something useless that may end as proved, however often they are looked at."""


class RecoverySettings(_Part):
    """How the running system is kept healthy."""

    check_interval_s: Positive = 1.0
    """Seconds between two rounds of health checks."""
    trouble_interval_s: Positive = 0.25
    """Seconds between two rounds while something is newly unhealthy."""
    check_timeout_s: Positive = 2.0
    """Seconds after which a health check that gives no answer counts as failing."""
    confirming_checks: Annotated[int, Field(ge=1, le=20)] = 2
    """Rounds in a row that must agree before an incident is opened, and before one is closed."""
    reroute_until_s: Positive = 30.0
    """Seconds of an incident in which only restarts and reroutes are tried, while any is left."""
    alternative_until_s: Positive = 300.0
    """Seconds of an incident after which its component may be degraded and work compensated."""
    degrade_until_s: Positive = 1800.0
    """Seconds of an incident after which state is restored and a person is called."""
    relapse_s: Positive = 30.0
    """Seconds within which the same trouble coming back means that the last action had not worked."""
    breaker_window_s: Positive = 30.0
    """Seconds over which a circuit breaker counts failures."""
    breaker_failure_rate: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of failed calls in the window that opens a circuit breaker."""
    breaker_minimum_calls: Annotated[int, Field(ge=1)] = 10
    """Calls in the window below which a circuit breaker never opens."""
    breaker_open_s: Positive = 10.0
    """Seconds that an open circuit breaker refuses calls; doubles while probes fail, up to a minute."""
    breaker_probes: Annotated[int, Field(ge=1)] = 2
    """Calls, over all processes, that probe a half-open circuit breaker; all must succeed to close it."""
    prevention_probability: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Probability of a failure at which preventive action is taken."""
    prevention_horizon_s: Positive = 120.0
    """Seconds ahead in which a metric that would reach its limit is acted upon."""


class MemorySettings(_Part):
    """How the memory of a process is watched and kept under control."""

    limit_mb: Annotated[float, Field(ge=0)] = 0.0
    """Megabytes that a process should stay within; 0 means what the machine and its control group have."""
    strategy: Literal["conservative", "balanced", "aggressive"] = "balanced"
    """How much speed is traded for memory."""
    monitoring: bool = True
    """Measure at the interval and react, from the start on."""
    interval_s: Positive = 5.0
    """Seconds between two measurements."""
    history: Annotated[int, Field(ge=1, le=100_000)] = 720
    """Measurements that are kept."""
    cache_mb: Positive = 64.0
    """Megabytes that one cache holds at most."""
    pool_mb: Positive = 64.0
    """Megabytes that one pool of arrays and buffers keeps ready at most."""
    shared_cache_url: str = ""
    """Redis URL of the cache that processes share; empty means each keeps its own alone."""
    shared_cache_timeout_s: Positive = 0.2
    """Seconds that a question to the shared cache may take."""


class ExecutorSettings(_Part):
    """Several processes on the same runs."""

    heartbeat_s: Positive = 1.0
    """Seconds between two heartbeats of an executor."""
    lease_s: Positive = 3.0
    """Seconds without a heartbeat after which the others take over an executor's runs."""
    scan_s: Positive = 0.5
    """Seconds between two looks at the other executors."""
    drain_s: Annotated[float, Field(ge=0)] = 30.0
    """Seconds that steps may take to end when an executor is asked to stop."""
    same_machine: bool = True
    """Notice at once when an executor on this very machine has died, without waiting for its lease."""
    losses: Annotated[int, Field(ge=2)] = 5
    """Executors lost in succession under a run that records nothing in between, before it is set aside."""


class WorkerSettings(_Part):
    """Where steps that ask for a worker are done."""

    kind: Literal["auto", "thread", "process", "dask"] = "auto"
    """Kind of workers; auto means the Dask cluster at `address`, or processes of this machine without one."""
    address: Address = Field("", examples=["tcp://10.0.0.5:8786"])
    """Address of the Dask scheduler, such as tcp://10.0.0.5:8786."""
    slots: Annotated[int, Field(ge=0, le=1024)] = 0
    """Tasks at once on this machine; 0 means one for each core."""
    balancing: Literal["learned", "load", "least_connections", "round_robin"] = "learned"
    """How a worker is chosen for a task."""
    patience_s: Positive = 60.0
    """Seconds that a task waits for a worker to join that could do it, before its attempt fails."""


class SchedulerSettings(_Part):
    """The backlog of tasks, and who goes next."""

    slots: Annotated[int, Field(ge=1)] = 8
    """Tasks that one process has admitted to the engine at once."""
    poll_s: Positive = 0.5
    """Seconds between two looks at the backlog, where nothing else calls for one."""
    patience_s: Positive = 14_400.0
    """Seconds; a task is never overtaken by one that became ready this much later."""
    learn_every: Annotated[int, Field(ge=20)] = 200
    """Tasks that end between two attempts to find better weights."""
    history: Annotated[int, Field(ge=50)] = 1_200
    """Ended tasks from which estimates and weights are learned, the youngest ones."""


class AgentSettings(_Part):
    """How far agents may go."""

    starting_level: Literal["shadow", "advise", "bounded", "full"] = "bounded"
    """Level a new agent starts at in a simulated shop; on your own shop it starts at most at advise."""
    live_starting_level: Literal["shadow", "advise", "bounded", "full"] = "advise"
    """Level a new agent starts at on your own shop."""
    restart_backoff_s: Positive = 1.0
    """Seconds before a failed agent is started again; doubles at each failure."""
    max_restarts: Annotated[int, Field(ge=0)] = 5
    """Failures in a row after which an agent is quarantined."""


class TelemetrySettings(_Part):
    """Logs and metrics."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe message that is logged."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """How logs are written; auto means console on a terminal and JSON elsewhere."""
    metrics: bool = True
    """Serve Prometheus metrics at /metrics."""


class Settings(BaseSettings):
    """All settings. Environment beats the TOML file beats the defaults.

    Example:
        MAESTRO_SERVER__PORT=9000 maestro run
    """

    model_config = SettingsConfigDict(
        env_prefix="MAESTRO_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path(".maestro")
    """Folder for the database, keys, quarantine files and backups."""
    seed: int = 42
    """Seed of every random draw."""
    language: Literal["en", "ko"] = "en"
    """Language of words that no request chooses."""
    database: DatabaseSettings = DatabaseSettings()
    server: ServerSettings = ServerSettings()
    clock: ClockSettings = ClockSettings()
    engine: EngineSettings = EngineSettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    adaptation: AdaptationSettings = AdaptationSettings()
    recovery: RecoverySettings = RecoverySettings()
    memory: MemorySettings = MemorySettings()
    executor: ExecutorSettings = ExecutorSettings()
    workers: WorkerSettings = WorkerSettings()
    agents: AgentSettings = AgentSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = _file_to_read()
        toml = (TomlConfigSettingsSource(settings_cls, toml_file=path),) if path else ()
        return (init_settings, env_settings, *toml)

    @property
    def database_url(self) -> str:
        """The URL in force: the one set, or SQLite in the data folder."""
        return self.database.url or f"sqlite:///{(self.data_dir / 'maestro.db').as_posix()}"

    @property
    def journal_url(self) -> str:
        """Where the engine keeps runs: beside the records on SQLite, so that two writers never wait for each
        other; in the same database on PostgreSQL."""
        kind, understood, _ = self.database.url.partition("://")
        if self.database.url and not (understood and kind.startswith("sqlite")):
            return self.database.url  # a malformed one too: whoever opens it says so
        return f"sqlite:///{(self.data_dir / 'engine.db').as_posix()}"

    def without_workflows(self) -> Self:
        """These settings for a command that works no runs, and need not find the modules of workflows."""
        return self.model_copy(update={"engine": self.engine.model_copy(update={"workflows": ()})})

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Read the environment and the file named by MAESTRO_CONFIG (default ./maestro.toml).

        Raises:
            ConfigurationError: the file is broken or a value is not allowed; names the key and the remedy.
        """
        try:
            return cls(**overrides)  # type: ignore[arg-type]  # overrides are validated by pydantic
        except ValidationError as error:
            first = error.errors()[0]
            path = [str(part) for part in first["loc"]]
            raise _refused(path, first["msg"].removeprefix("Value error, "), first.get("input")) from error
        except SettingsError as error:
            # the only thing that cannot even be read: a whole part as JSON, in one variable
            part = str(error).split('"')[1]
            given = next(text for name, text in os.environ.items() if name.upper() == variable(part))
            raise _refused([part], "a part is a table, or a JSON object", given) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise ConfigurationError(
                f"The settings file {_file_to_read()} is not valid TOML: {error}.",
                remedy="Correct the named line, or point MAESTRO_CONFIG at another file.",
            ) from error


def variable(key: str) -> str:
    """The environment variable of a setting: MAESTRO_SERVER__PORT of server.port."""
    return f"MAESTRO_{key.replace('.', '__').upper()}"


def example_of(field: FieldInfo) -> str:
    """How a value of a setting is written in the environment; its default where that tells enough."""
    return str(field.examples[0] if field.examples else field.default)


def fields_of(part: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its key, such as server.port."""
    for name, field in part.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields_of(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def _refused(path: Sequence[str], why: str, given: object) -> ConfigurationError:
    """Names the setting, what it was given, and how it could be written."""
    known = dict(fields_of(Settings))
    named = ".".join(path)
    key = next((each for n in range(len(path), 0, -1) if (each := ".".join(path[:n])) in known), "")
    if not key:
        below = next((each for each in known if each.startswith(f"{named}.")), "")
        close = [below] if below else difflib.get_close_matches(named, known, n=1)
        why = why if below else "there is no such setting"
        example = f", such as {variable(close[0])}={example_of(known[close[0]])}" if close else ""
        remedy = f"Correct {named} in the settings file or {variable(named)} in the environment{example}."
    else:
        example = f"{variable(key)}={example_of(known[key])}"
        remedy = f"Correct {key} in the settings file, or in the environment, such as {example}."
    return ConfigurationError(f"Setting {key or named} is not valid: {why} (got {given!r}).", remedy=remedy)


def _file_to_read() -> Path | None:
    named = os.environ.get("MAESTRO_CONFIG")
    if named:
        path = Path(named)
        if not path.is_file():
            raise ConfigurationError(
                f"The settings file {path} named by MAESTRO_CONFIG does not exist, or is no file.",
                remedy="Create it or unset MAESTRO_CONFIG.",
            )
        return path
    default = Path("maestro.toml")
    return default if default.is_file() else None
