"""Figures of several web processes add up in files (Prometheus' multiprocess mode)."""

import os
import shutil
from pathlib import Path


def collect_metrics_of_several(site: Path) -> None:
    """Name the folder for those files to the processes to come, emptied: their numbers begin with this supervisor."""
    folder = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(site / "var" / "metrics")))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
