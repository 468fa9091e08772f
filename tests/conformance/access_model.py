#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what: docs/ACCESS.md as a program, written from that page alone (see section 9)."""
import sys

EXISTS, READ, WRITE, DISPOSE, GRANT = 1, 2, 4, 16, 64
PERSON, ROLE = 1, 4
ADMINISTRATIVE = {*range(20, 27), 40, 44, 48, 70, 102}  # section 5, rule 2


class World:
    """What the lines declared so far, each kind under the key of section 9."""
    def __init__(self):
        self.today, self.admin, self.circles = "", None, {}
        self.actor, self.member, self.deputy, self.absence = {}, {}, {}, {}
        self.login, self.list, self.session = {}, {}, {}

    def declare(self, kind, f):
        if kind == "today":
            self.today = f[0]
        elif kind == "actor":
            self.actor[f[0]] = (int(f[1]), f[2] == "1", int(f[3]))
        elif kind in ("member", "deputy", "absence", "login"):
            getattr(self, kind)[f[0], f[1]] = f[1:] if kind == "absence" else f[2:]
        elif kind == "list":
            self.list[int(f[0])] = set()
        elif kind == "entry":
            self.list[int(f[0])].add((f[1], f[2] == "1", int(f[3]), f[4] == "1"))
        elif kind == "gone":
            getattr(self, f[0]).pop((f[1], f[2]), None)
        else:
            raise ValueError("unknown kind of line: " + kind)
        self.circles = {}
        self.admin = "administrator" if self.is_active("administrator", ROLE) else None

    def is_active(self, name, kind=None):
        a = self.actor.get(name)
        return a is not None and a[1] and kind in (None, a[0])

    def covers(self, first, last):
        return (not first or first <= self.today) and (not last or self.today <= last)

    def circle(self, name):
        """Section 1: the actor and all active containers above it, by memberships of today."""
        if name in self.circles:
            return self.circles[name]
        found, todo = set(), [name] if self.is_active(name) else []
        while todo:
            x = todo.pop()
            found.add(x)
            todo += [c for (m, c), when in self.member.items()
                     if m == x != self.admin and c not in found and self.is_active(c) and self.covers(*when)]
        self.circles[name] = found
        return found

    def substitution(self, principal, deputy):
        """The mask passed on, or None if no substitution is in force today."""
        row = self.deputy.get((principal, deputy))
        if row is None or not self.covers(row[0], row[1]):
            return None
        absent = any(p == principal and self.covers(*w) for (p, _), w in self.absence.items())
        return int(row[2]) if absent or row[3] == "0" else None

    def may_open(self, s):
        """Section 2, rules 2 and 3."""
        login, actor, principal, _ = s
        if not self.is_active(actor, PERSON) or (login, actor) not in self.login:
            return False
        return not principal or (self.is_active(principal, PERSON)
                                 and self.substitution(principal, actor) is not None)

    def is_administrator(self, s):
        return not s[2] and self.admin is not None and self.admin in self.circle(s[1])

    def open(self, s):
        _, actor, principal, reason = s
        if not actor or reason == "" or (reason is not None and principal):
            return "INVALID"
        if not self.may_open(s) or (reason is not None and self.is_administrator(s)):
            return "DENIED"
        return "OK"

    def gives(self, s, number):
        """Section 4: (given, emergency given) of a list for a session."""
        own, other = self.circle(s[1]), self.circle(s[2]) if s[2] else set()
        passed_on = self.substitution(s[2], s[1]) & ~GRANT if s[2] else 0
        denied = allowed = 0
        for subject, deny, mask, not_by_deputy in self.list.get(number, ()):
            if deny:
                denied |= mask if subject in own or subject in other else 0
            elif subject in own:
                allowed |= mask if subject != self.admin else 0
            elif subject in other and subject != self.admin and not not_by_deputy:
                allowed |= mask & passed_on
        if denied & EXISTS:
            return 0, 0
        emergency = s[3] is not None and not self.is_administrator(s)
        return ((allowed | EXISTS) & ~denied if allowed else 0,
                (EXISTS | READ) & ~denied if emergency else 0)

    def decide(self, s, right, kind, number, level, states, marked, content):
        """Sections 5 and 6: the answer and its trace."""
        if not self.may_open(s):
            return "DENIED", "none"
        if kind in ADMINISTRATIVE:
            return "OK" if self.is_administrator(s) or right <= READ else "DENIED", "none"
        given, emergency = self.gives(s, number)
        if level > self.actor[s[1]][2] or not (given | emergency) & EXISTS:
            return "NOTFOUND", "none"
        if not (given | emergency) & right:
            return "DENIED", "none"
        if ("d" in states and (right not in (EXISTS, READ) or right == READ and content)
                or "c" in states and right == WRITE or "h" in states and right == DISPOSE):
            return "STATE", "none"
        if right != READ:
            return "OK", "none"
        return "OK", "emergency" if not given & READ else "read" if marked and content else "none"

    def answer(self, kind, f):
        """The bold fields of a line that asks, and how many of its fields they are."""
        if kind == "session":
            s = self.session[f[0]] = (f[1], f[2], f[3], None if f[4] == "-" else f[4])
            return [self.open(s)]
        s, right = self.session[f[0]], int(f[1])
        if kind == "case":
            return list(self.decide(s, right, int(f[2]), int(f[3]), int(f[4]), f[5],
                                    f[6] == "1", f[7] == "1"))
        seen = [n for n in sorted({0, *self.list}) if self.may_open(s)
                and any(g & EXISTS and g & right for g in self.gives(s, n))]
        return [",".join(map(str, seen))]


def main():
    world, passed, failed = World(), 0, 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        kind, *f = line.decode("utf-8").rstrip("\n").split("\t")
        if kind not in ("session", "case", "visible"):
            world.declare(kind, f)
            continue
        mine = world.answer(kind, f)
        same = f[-len(mine):] == mine
        passed, failed = passed + same, failed + (not same)
        if not same:
            print("line %d: %s: by the page %s" % (number, "\t".join([kind] + f), mine))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
