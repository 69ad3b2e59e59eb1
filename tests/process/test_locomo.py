"""The measurement of searches: a file of LoCoMo's shape goes through the real methods, and figures come out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "scripts" / "measure" / "bench.py"


def turn(number: str, speaker: str, text: str, **more: str) -> dict[str, str]:
    return {"dia_id": f"D{number}", "speaker": speaker, "text": text, **more}


CONVERSATION = {
    "conversation": {
        "speaker_a": "Ada",
        "session_1_date_time": "1 May 2023",
        "session_1": [
            turn("1:1", "Ada", "What did you paint in spring?"),
            turn("1:2", "Ben", "A lighthouse.", blip_caption="a red lighthouse"),
        ],
        "session_2_date_time": "2 June 2023",
        "session_2": [turn("2:1", "Ben", "My dog is called Rex.")],
    },
    "qa": [
        {"question": "What did Ben paint?", "evidence": ["D1:2"]},
        {"question": "What is the dog's name?", "evidence": ["D2:1"]},
        {"question": "Who won the race?", "evidence": ["D1:1"]},
        {"question": "Which has no evidence?", "evidence": []},
    ],
}


def test_what_is_found_of_the_evidence_is_told_for_sessions_and_turns(directory: str) -> None:
    path = os.path.join(directory, "locomo.json")
    Path(path).write_text(json.dumps([CONVERSATION]))
    command = [sys.executable, str(BENCH), "--locomo", path, "--directory", directory]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("3 questions\n")
    rows = re.findall(r"\| (\w+\.search) \| [\d.]+% \| ([\d.]+%) \| ([\d.]+) \| ([\d.]+%) \|.*not met", ended.stdout)
    assert rows == [("memory.search", "66.7%", "0.667", "33.3%"), ("messages.search", "66.7%", "0.667", "33.3%")]
