"""Settings: defaults are pinned, the environment beats the file, and a broken file says what to mend."""

from pathlib import Path

import pytest

from maestro.errors import ConfigurationError
from maestro.settings import Settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAESTRO_CONFIG", raising=False)


def test_the_defaults_are_these() -> None:
    assert Settings.load().model_dump() == {
        "data_dir": Path(".maestro"),
        "seed": 42,
        "language": "en",
        "database": {"url": "", "durability": "process", "busy_timeout_s": 30.0, "pool_size": 10},
        "server": {
            "host": "127.0.0.1",
            "port": 8321,
            "public_url": "",
            "access_token_minutes": 15.0,
            "refresh_token_days": 14.0,
            "sign_in_link_minutes": 60.0,
            "requests_per_minute": 12_000,
            "sign_in_attempts_per_minute": 10,
        },
        "clock": {"seconds_per_day": 2.0},
        "engine": {
            "queue_polling_s": 0.25,
            "watch_s": 0.5,
            "concurrency": 100,
            "step_timeout_s": 300.0,
            "executor_id": "local",
            "workflows": (),
            "keep_runs_days": 30.0,
        },
        "adaptation": {
            "on": True,
            "act_above": 0.5,
            "refuse_above": 1.0,
            "delay_s": 60.0,
            "most_width": 16,
            "longest_chunk_s": 10.0,
            "most_runs": 200,
            "rest": 500,
            "alpha": 0.1,
        },
        "recovery": {
            "check_interval_s": 1.0,
            "trouble_interval_s": 0.25,
            "check_timeout_s": 2.0,
            "confirming_checks": 2,
            "reroute_until_s": 30.0,
            "alternative_until_s": 300.0,
            "degrade_until_s": 1800.0,
            "relapse_s": 30.0,
            "breaker_window_s": 30.0,
            "breaker_failure_rate": 0.5,
            "breaker_minimum_calls": 10,
            "breaker_open_s": 10.0,
            "breaker_probes": 2,
            "prevention_probability": 0.8,
            "prevention_horizon_s": 120.0,
        },
        "memory": {
            "limit_mb": 0.0,
            "strategy": "balanced",
            "monitoring": True,
            "interval_s": 5.0,
            "history": 720,
            "cache_mb": 64.0,
            "pool_mb": 64.0,
            "shared_cache_url": "",
            "shared_cache_timeout_s": 0.2,
        },
        "executor": {
            "heartbeat_s": 1.0,
            "lease_s": 3.0,
            "scan_s": 0.5,
            "drain_s": 30.0,
            "same_machine": True,
            "losses": 5,
        },
        "workers": {
            "kind": "auto",
            "address": "",
            "slots": 0,
            "balancing": "learned",
            "patience_s": 60.0,
        },
        "scheduler": {
            "slots": 8,
            "poll_s": 0.5,
            "patience_s": 14_400.0,
            "learn_every": 200,
            "history": 1_200,
        },
        "agents": {
            "starting_level": "bounded",
            "live_starting_level": "advise",
            "restart_backoff_s": 1.0,
            "max_restarts": 5,
        },
        "telemetry": {"log_level": "info", "log_format": "auto", "metrics": True},
    }


def test_the_database_lives_in_the_data_folder_unless_told_otherwise() -> None:
    assert Settings.load(data_dir=Path("shop")).database_url == "sqlite:///shop/maestro.db"
    assert Settings.load(database={"url": "postgresql://h/n"}).database_url == "postgresql://h/n"
    assert Settings.load(data_dir=Path("shop")).journal_url == "sqlite:///shop/engine.db"
    assert Settings.load(database={"url": "postgresql://h/n"}).journal_url == "postgresql://h/n"
    own = Settings.load(data_dir=Path("shop"), database={"url": "sqlite:///elsewhere/shop.db"})
    assert own.journal_url == "sqlite:///shop/engine.db"


@pytest.mark.parametrize("url", ["banana", "sqlite-banana", "mysql://h/n"])
def test_a_malformed_database_is_no_reason_to_read_another_journal(url: str) -> None:
    assert Settings.load(database={"url": url}).journal_url == url


def test_the_file_is_read_and_the_environment_beats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(tmp_path / "maestro.toml").write_text("seed = 7\n[server]\nport = 9000\n", encoding="utf-8")
    monkeypatch.setenv("MAESTRO_SERVER__PORT", "9100")
    settings = Settings.load()
    assert (settings.seed, settings.server.port) == (7, 9100)


def test_a_named_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.toml"
    path.write_text('language = "ko"\n', encoding="utf-8")
    monkeypatch.setenv("MAESTRO_CONFIG", str(path))
    assert Settings.load().language == "ko"


def test_a_missing_named_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAESTRO_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml.*does not exist"):
        Settings.load()


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    Path(tmp_path / "maestro.toml").write_text("seed = = 7\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 1"):
        Settings.load()


def test_a_value_out_of_range_names_the_setting_and_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAESTRO_SERVER__PORT", "70000")
    with pytest.raises(ConfigurationError, match=r"server\.port.*MAESTRO_SERVER__PORT"):
        Settings.load()


def test_an_unknown_setting_in_a_part_is_an_error(tmp_path: Path) -> None:
    Path(tmp_path / "maestro.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"server\.prot"):
        Settings.load()


@pytest.mark.parametrize(
    "written", ["myshop.workflows, myshop:NIGHTLY", '["myshop.workflows", "myshop:NIGHTLY"]']
)
def test_a_list_in_the_environment_has_commas_or_is_json(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_ENGINE__WORKFLOWS", written)
    assert Settings.load().engine.workflows == ("myshop.workflows", "myshop:NIGHTLY")


def test_one_name_is_a_list_of_one_in_the_environment_and_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(tmp_path / "maestro.toml").write_text('[engine]\nworkflows = "myshop"\n', encoding="utf-8")
    assert Settings.load().engine.workflows == ("myshop",)
    monkeypatch.setenv("MAESTRO_ENGINE__WORKFLOWS", "other.flows")
    assert Settings.load().engine.workflows == ("other.flows",)
    monkeypatch.setenv("MAESTRO_ENGINE__WORKFLOWS", "")
    assert Settings.load().engine.workflows == ()


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("ENGINE__WORKFLOWS", '["a"', r"engine\.workflows is not valid.*got.*WORKFLOWS=myshop\.workflows"),
        ("ENGINE", "myshop.workflows", r"engine is not valid.*'myshop\.workflows'.*MAESTRO_ENGINE__"),
        ("ENGINE", "3", r"engine is not valid.*got 3.*MAESTRO_ENGINE__"),
        ("SERVER__PROT", "1", r"server\.prot .*no such setting.*MAESTRO_SERVER__PORT=8321"),
        ("SEED", "many", r"seed is not valid.*'many'.*MAESTRO_SEED=42"),
        ("WORKERS__ADDRESS", "banana", r"workers\.address .*'banana'.*ADDRESS=tcp://10\.0\.0\.5:8786"),
        ("WORKERS__ADDRESS", "tcp://here:99999", r"workers\.address is not valid"),
    ],
)
def test_what_is_malformed_is_named_with_what_was_given_and_an_example(
    name: str, given: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MAESTRO_{name}", given)
    with pytest.raises(ConfigurationError, match=words):
        Settings.load()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    Path(tmp_path / "maestro.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"maestro\.toml is not valid TOML"):
        Settings.load()


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "tls://scheduler.example:1", "tcp://[::1]:8786"])
def test_an_address_of_a_cluster_has_protocol_host_and_port(address: str) -> None:
    assert Settings.load(workers={"address": address}).workers.address == address


def test_settings_do_not_change_once_read() -> None:
    settings = Settings.load()
    with pytest.raises(ValueError, match="frozen"):
        settings.seed = 1  # type: ignore[misc]
