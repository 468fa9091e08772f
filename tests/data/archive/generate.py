#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the archives of this folder with Python's own zipfile and tarfile: run it in the folder."""
import gzip
import io
import struct
import tarfile
import zipfile

WHEN = (2026, 3, 2, 8, 0, 0)


def info(name, mode=0o100644, method=zipfile.ZIP_STORED):
    i = zipfile.ZipInfo(name, WHEN)
    i.external_attr = mode << 16
    i.compress_type = method
    i.create_system = 3
    return i


with zipfile.ZipFile("python.zip", "w") as z:
    z.writestr(info("Bescheid.txt"), b"Guten Tag!\r\n")
    z.writestr(info("Straße/Übersicht.txt", method=zipfile.ZIP_DEFLATED), b"0123456789" * 30000)
    z.writestr(info("leer/", 0o40755), b"")

with zipfile.ZipFile("python-64.zip", "w") as z:
    with z.open(info("gross.txt"), "w", force_zip64=True) as f:
        f.write(b"12345")

with zipfile.ZipFile("link.zip", "w") as z:
    z.writestr(info("verweis", 0o120777), b"../ziel")
    z.writestr(info("a.txt"), b"a")

with zipfile.ZipFile("empty.zip", "w"):
    pass

with zipfile.ZipFile("cp437.zip", "w") as z:
    z.writestr(info("B?r.txt"), b"Bar")
data = open("cp437.zip", "rb").read().replace(b"B?r.txt", b"B\x84r.txt")
open("cp437.zip", "wb").write(data)

# Archives that two readers would understand differently: all must be refused.
good = open("link.zip", "rb").read()
first = good.index(b"PK\1\2")
second = good.index(b"PK\1\2", first + 1)
end = good.index(b"PK\5\6")


def with_end(body, count, length, at):
    return body + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, length, at, 0)


def save(name, content):
    with open(name, "wb") as f:
        f.write(content)


once = good[first:second]
save("overlap.zip", with_end(good[:second] + once, 2, 2 * len(once), first))
save("fewer.zip", with_end(good[:end], 1, end - first, first))
save("more.zip", with_end(good[:end], 3, end - first, first))
save("shifted.zip", with_end(good[:end] + b"hidden", 2, end - first, first))
save("prefixed.zip", good[:first] + b"MZ" + good[first:])
save("renamed.zip", good[:first].replace(b"a.txt", b"b.txt") + good[first:])
save("method.zip", good.replace(b"\0\0\0\0\x40\x62", b"\0\x63\0\0\x40\x62"))


def member(name, size=0, **more):
    t = tarfile.TarInfo(name)
    t.size = size
    t.mtime = 1772438400
    for key, value in more.items():
        setattr(t, key, value)
    return t


with tarfile.open("pax.tar", "w", format=tarfile.PAX_FORMAT, encoding="utf-8") as t:
    t.addfile(member("Straße/Übersicht.txt", 12), io.BytesIO(b"Guten Tag!\r\n"))
    t.addfile(member("verweis", type=tarfile.SYMTYPE, linkname="Straße/Übersicht.txt"))

with tarfile.open("latin1.tar", "w", format=tarfile.USTAR_FORMAT, encoding="cp437") as t:
    t.addfile(member("Bär.txt", 3), io.BytesIO(b"Bar"))


def gzipped(name, content):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8") as t:
        t.addfile(member("Übersicht.txt", len(content)), io.BytesIO(content))
    with open(name, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as g:
        g.write(raw.getvalue())


gzipped("gnu.tar.gz", b"0123456789" * 30000)
gzipped("bomb.tar.gz", bytes(2 << 20))
