#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verifies a store of libefile from docs/FORMAT.md alone: chains, bodies, rows, contents, checkpoints.

    verify_store.py STORE     one line per fault; "N passed, M failed" at the end; exit 1 if M > 0
"""
import hashlib
import json
import os
import sqlite3
import struct
import sys

passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print('FAIL', what)


def sha(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


def u(fmt, value):
    return struct.pack('>' + fmt, value)


def salt_at(codec, salt, body, i):
    """Section 3: salt number i of an entry, None if it was forgotten."""
    if salt is None:
        return None
    if len(salt) == 16 and not (codec == 1 and body is None):
        return sha(b'EFS1', salt, u('I', i))[:16]
    return (salt[16 * i:16 * i + 16] if any(salt[16 * i:16 * i + 16]) else None)


def canonical(kind, row):
    """Section 2: row is (id, rev, columns...)."""
    columns = list(row[2:])
    while columns and columns[-1] is None:
        columns.pop()
    out = [u('H', kind), u('Q', row[0])]
    for value in columns:
        if value is None:
            out.append(b'\0')
        elif isinstance(value, int):
            out += [b'\1', u('q', value)]
        else:
            data = value.encode() if isinstance(value, str) else value
            out += [b'\2' if isinstance(value, str) else b'\3', u('I', len(data)), data]
    return b''.join(out)


def merkle_root(leaves):
    k = 1  # RFC 6962 section 2.1
    if len(leaves) == 1:
        return sha(b'\0', leaves[0])
    while k * 2 < len(leaves):
        k *= 2
    return sha(b'\1', merkle_root(leaves[:k]), merkle_root(leaves[k:]))


def main(path):
    db = sqlite3.connect('file:%s?mode=ro' % os.path.join(path, 'efile.db'), uri=True)
    one = lambda sql, *args: db.execute(sql, args).fetchone()
    check((one('PRAGMA application_id')[0], one('PRAGMA user_version')[0] in (1, 2, 3, 4)) == (0x6566696C, True), 'format')
    store_id = one("SELECT value FROM meta WHERE key = 'store_id'")[0]
    kinds = dict(db.execute('SELECT number, name FROM record_kind'))
    heads, newest, hashes, checkpoints = {}, {}, [], 0
    erased, named = set(), set()
    for (rev, chain, number, time, actor, behalf, action, object_kind, obj, body, rows, digest, codec, key, salt,
         text) in db.execute('SELECT j.rev, chain, number, time, actor, behalf, action, object_kind, object, j.body, '
                             'rows, hash, codec, key, salt, b.body FROM journal j JOIN journal_body b USING (rev) '
                             'ORDER BY rev'):
        check(rev == len(hashes) + 1, 'entry %d: gap in the log' % rev)
        last, previous = heads.get(chain, (0, sha(b'EFC1', store_id, u('Q', chain))))
        check(number == last + 1, 'entry %d: gap in chain %d' % (rev, chain))
        check(digest == sha(b'EFJ1', u('Q', chain), u('Q', number), u('q', time), actor, behalf or bytes(16),
                            u('I', action), u('H', object_kind), obj or bytes(16), body, u('I', len(rows)), rows,
                            previous), 'entry %d: hash' % rev)
        zero = salt_at(codec, salt, text, 0)
        check(text is None or (codec == 0 and key is None and zero and body == sha(b'EFB1', zero, text)),
              'entry %d: body' % rev)
        for i in range(len(rows) // 42):
            kind, row_id = struct.unpack('>HQ', rows[42 * i:42 * i + 10])
            newest[kind, row_id] = (rev, rows[42 * i + 10:42 * i + 42], salt_at(codec, salt, text, i + 1))
        if text is None:
            check(action not in (2, 6), 'entry %d: its body is never erased' % rev)
            erased.add(rev)
        elif action == 6:
            named |= {n for n in json.loads(text)['revs'] if n < rev}
        if action == 2:
            checkpoints += 1
            said = json.loads(text)
            row = one('SELECT root, time FROM checkpoint WHERE size = ?', said['size'])
            check(said['size'] == rev - 1 and row is not None and row[0].hex() == said['root'] and row[1] == time,
                  'entry %d: checkpoint' % rev)
        hashes.append(digest)
        heads[chain] = (number, digest)
    check(one('SELECT count(*) FROM journal')[0] == len(hashes), 'entries without a body')
    check(erased <= named, 'bodies that were taken away: %s' % sorted(erased - named))
    for size, root in db.execute('SELECT size, root FROM checkpoint'):
        check(root == merkle_root(hashes[:size]), 'checkpoint %d: root' % size)
    check(one('SELECT count(*) FROM checkpoint')[0] == checkpoints, 'checkpoints without an entry')
    for kind, table in kinds.items():
        for row in db.execute('SELECT * FROM "%s"' % table.replace('"', '')):
            rev, digest, salt = newest.pop((kind, row[0]), (None, None, None))
            check(rev == row[1] and (salt is None or digest == sha(b'EFR1', salt, canonical(kind, row))),
                  '%s/%d: row' % (table, row[0]))
    for (kind, row_id), (_, digest, _) in newest.items():
        check(digest == bytes(32), '%s/%d: missing row' % (kinds.get(kind), row_id))
    for row_id, digest, size, data in db.execute('SELECT id, sha256, size, data FROM blob LEFT JOIN blob_data USING (id)'):
        name = os.path.join(path, 'blobs', digest.hex()[:2], digest.hex())
        if size > 65536 and os.path.exists(name):
            with open(name, 'rb') as file:
                data = file.read()
        check(data is not None and len(data) == size and sha(data) == digest, 'blob/%d: content' % row_id)
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else 2)
