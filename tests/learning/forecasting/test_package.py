"""The package: every name it offers is there, and none of the slow libraries is loaded before one is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from maestro.learning import forecasting


def test_every_name_it_offers_is_there() -> None:
    assert [name for name in forecasting.__all__ if getattr(forecasting, name, None) is None] == []


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="Oracle"):
        forecasting.Oracle  # noqa: B018


def test_importing_it_loads_no_statistical_library() -> None:
    program = "import sys, maestro.cli.main; print('statsforecast' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
