"""`marketry-gateways alipay`: a process that keeps its keys."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx


def test_it_serves_writes_what_to_paste_and_keeps_its_keys_and_certificates(tmp_path: Path) -> None:
    pasted = []
    for _ in range(2):
        command = [sys.executable, "-m", "marketry_gateways.cli", "alipay", "--port", "0", "--keys", str(tmp_path / "keys")]
        command += ["--settings", str(tmp_path / "settings.json"), "--certificates"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert "no money moves" in process.stdout.readline()
            settings = json.loads((tmp_path / "settings.json").read_text())
            answer = httpx.get(settings.pop("gateway"), trust_env=False).json()
        finally:
            process.terminate()
            process.communicate(timeout=20)
        assert answer["error_response"]["sub_code"] == "isv.missing-method"
        pasted.append(settings)
    assert pasted[0] == pasted[1]
    assert pasted[0]["mode"] == "certificate"
    assert (tmp_path / "settings.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys" / "merchant-private.pem").stat().st_mode & 0o077 == 0
