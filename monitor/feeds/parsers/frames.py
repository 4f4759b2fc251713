"""How a process and its child mark where requests and answers begin and end.

Pure: never touches network, clock or disk.

A request: the lengths of the head and of the body (4 bytes each, big-endian), the head (JSON: what
to do and its arguments), the body. An answer: its length (4 bytes), a byte that is 1 when the
child has grown and will exit, and the answer. The child says READY once, before the first request.
"""

import struct
from typing import Literal, TypeAlias

Skill: TypeAlias = Literal["documents", "templates"]  # what a child is started for

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">I?")
READY = b"\x06"
