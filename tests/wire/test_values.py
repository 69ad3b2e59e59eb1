"""Values on the wire: as they were written, on one line where a line is a message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wire_client import Wire, call

WRITTEN = [b'{\n  "list": [\n    1.0,\n    2\n  ]\n}', b'{"list":\r[1.0,\r\n2]}', b'{ "list" : [1.0, 2] }']


@pytest.mark.parametrize("value", WRITTEN)
def test_a_value_written_on_several_lines_comes_back_on_one_in_line_framing(
    connect: Callable[..., Wire], value: bytes
) -> None:
    headers, lines = connect(framing="headers"), connect(framing="lines")
    text = headers.encoded(call(1, "settings.set", {"key": "k", "value": "here"}))
    headers.frame(text.replace(b'"here"', value))
    headers.message()
    assert value in headers.last
    assert lines.call("settings.get", {"key": "k"})["value"] == {"list": [1.0, 2]}
    assert value.replace(b"\n", b" ").replace(b"\r", b" ") in lines.last
    lines.alive()
