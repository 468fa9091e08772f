# SPDX-License-Identifier: LGPL-2.1-or-later
"""Full text: titles, metadata and texts of everything that the actor may read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from ._efile import ffi, lib
from ._enums import NodeKind, SearchOrder
from ._native import Options, chars, record, walk
from .model import Files, NodeLike, node_id

SEARCH_LIMIT: int = lib.EFILE_SEARCH_LIMIT
"""Hits are not counted or listed beyond."""


@dataclass(frozen=True)
class Hit:
    """What was found; matches in the snippet stand between the characters \\2 and \\3."""

    id: uuid.UUID
    kind: NodeKind
    title: str
    reference: str
    snippet: str
    date: dt.date | None
    dossier: uuid.UUID

    def marked(self, begin: str = "[", end: str = "]") -> str:
        """The snippet with other marks around the matches."""
        first, last = chr(lib.EFILE_SNIPPET_BEGIN), chr(lib.EFILE_SNIPPET_END)
        return self.snippet.replace(first, begin).replace(last, end)


class Search(Files):
    """What a session can do about finding things."""

    def search(
        self,
        query: str,
        *,
        limit: int | None = None,
        after: NodeLike | Hit | None = None,
        order: SearchOrder | None = None,
    ) -> Iterator[Hit]:
        """What was committed before is found; `after` goes on behind a hit.

        Words must all be there: `bescheid`, `"erster bescheid"`, `besch*`, `title:x`, `sender:x`,
        `date:2026-01..2026-03`, `-x`, `x OR y`.
        """
        behind = after.id if isinstance(after, Hit) else None if after is None else node_id(after)
        options = Options(
            "efile_search_options",
            lib.efile_search_options_init,
            limit=limit,
            after=behind,
            order=order,
        )
        out = ffi.new("efile_search_cursor **")
        item = ffi.new("efile_hit *")
        self._runtime.check(lib.efile_search, out, self._ptr, chars(query), options.ptr)
        return walk(
            self,
            out[0],
            lib.efile_search_cursor_free,
            lambda cursor: lib.efile_search_cursor_next(cursor, item),
            lambda: record(Hit, item),
        )

    def search_count(self, query: str) -> int:
        """How many hits there are; SEARCH_LIMIT means that many or more."""
        out = ffi.new("int32_t *")
        self._runtime.check(lib.efile_search_count, out, self._ptr, chars(query))
        return int(out[0])

    def search_rebuild(self) -> None:
        """Makes the index anew from the store."""
        self._runtime.check(lib.efile_search_rebuild, self._ptr)
