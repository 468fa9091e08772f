# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what: docs/ACCESS.md as a program, written from that page alone (see section 9)."""
import copy, sys
EXISTS, READ, WRITE, DISPOSE, GRANT = 1, 2, 4, 16, 64
PERSON, ROLE = 1, 4
ADMINISTRATIVE = {*range(20, 27), 40, 44, 48, 70, 102}  # section 5, rule 2

class World:
    """What the lines declared so far, each kind under the key of section 9."""
    def __init__(self):
        self.today, self.admin, self.circles, self.actor, self.member = "", None, {}, {}, {}
        self.deputy, self.absence, self.login, self.list, self.session, self.node = {}, {}, {}, {}, {}, {}
    def declare(self, kind, f):
        if kind == "today":
            self.today = f[0]
        elif kind == "actor":
            self.actor[f[0]] = (int(f[1]), f[2] == "1", int(f[3]))
        elif kind in ("node", "list"):
            getattr(self, kind)[int(f[0])] = tuple(map(int, f[1:])) if kind == "node" else set()
        elif kind == "entry":
            self.list[int(f[0])].add((f[1], f[2] == "1", int(f[3]), f[4] == "1"))
        elif kind == "gone":
            getattr(self, f[0]).pop((f[1], f[2]), None)
        else:
            getattr(self, kind)[f[0], f[1]] = f[1:] if kind == "absence" else f[2:]
        self.circles = {}
        self.admin = "administrator" if self.is_active("administrator", ROLE) else None
    def is_active(self, name, kind=None):
        return (a := self.actor.get(name, (0, False, 0)))[1] and kind in (None, a[0])
    def covers(self, first, last):
        return (not first or first <= self.today) and (not last or self.today <= last)
    def circle(self, name, lasting=False):
        """Section 1: the actor and all active containers above it, by memberships of today."""
        if (name, lasting) in self.circles:
            return self.circles[name, lasting]
        found, todo = set(), [name] if self.is_active(name) else []
        while todo:
            found.add(x := todo.pop())
            todo += [c for (m, c), when in self.member.items()
                     if m == x != self.admin and c not in found and self.is_active(c)
                     and self.covers(*when) and not (lasting and when[1])]
        self.circles[name, lasting] = found
        return found
    def substitution(self, principal, deputy):
        """The mask passed on, or None if no substitution is in force today."""
        row = self.deputy.get((principal, deputy))
        absent = any(p == principal and self.covers(*w) for (p, _), w in self.absence.items())
        holds = row and self.covers(row[0], row[1]) and (absent or row[3] == "0")
        return int(row[2]) if holds else None
    def may_open(self, s):
        """Section 2, rules 2 and 3."""
        login, actor, principal, _ = s
        return self.is_active(actor, PERSON) and (login, actor) in self.login and (
            not principal or self.is_active(principal, PERSON)
            and self.substitution(principal, actor) is not None)
    def is_administrator(self, s):
        return not s[2] and self.admin is not None and self.admin in self.circle(s[1])
    def open(self, s):
        _, actor, principal, reason = s
        if not actor or reason == "" or (reason is not None and principal):
            return "INVALID"
        return "DENIED" if not self.may_open(s) or reason and self.is_administrator(s) else "OK"
    def gives(self, s, number):
        """Section 4: (given, emergency given) of a list for a session."""
        own, other = self.circle(s[1]), self.circle(s[2]) if s[2] else set()
        denied, allowed, passed_on = 0, 0, self.substitution(s[2], s[1]) & ~GRANT if s[2] else 0
        for subject, deny, mask, not_by_deputy in self.list.get(number, ()):
            if deny:
                denied |= mask if subject in own | other else 0
            elif subject in own - {self.admin}:
                allowed |= mask
            elif subject in other - {self.admin} and not not_by_deputy:
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
        trace = "emergency" if not given & READ else "read" if marked and content else "none"
        return "OK", trace if right == READ else "none"
    def change(self, s, line):
        """Section 8: the answer to a change; it takes place if that is OK."""
        gone = line[0] == "gone"
        kind, key = line[gone], tuple(line[1 + gone:3 + gone])
        own = kind in ("deputy", "absence") and not s[2] and key[0] == s[1]
        if not self.may_open(s) or not (own or self.is_administrator(s)):
            return "DENIED"
        if gone and key not in getattr(self, kind):
            return "NOTFOUND"
        persons = {"deputy": key, "absence": key[:1], "login": key[1:]}.get(kind, ())
        if not gone and (any(self.actor[p][0] != PERSON for p in persons) or kind == "member"
                         and (self.actor[key[1]][0] == PERSON or key[0] in (key[1], self.admin))):
            return "INVALID"
        before = copy.deepcopy(self.__dict__)
        self.declare(line[0], line[1:])
        if kind in ("actor", "member", "login") and not any(
                a for login, a in self.login if self.admin in self.circle(a, lasting=True)):
            self.__dict__ = before
            return "STATE"
        return "OK"
    def answer(self, kind, f):
        """The bold fields of a line that asks, and how many of its fields they are."""
        if kind == "session":
            self.session[f[0]] = (f[1], f[2], f[3], None if f[4] == "-" else f[4])
            return [self.open(self.session[f[0]])]
        s = self.session[f[0]]
        if kind == "change":
            return [self.change(s, f[1:-1])]
        if kind in ("search", "count"):
            may = {n: self.decide(s, READ, 41, *row[1:], "", False, False)[0] for n, row in self.node.items()}
            hits = [n for n in sorted(may) if may[n] == "OK"]
            if kind == "search":
                return [",".join(map(str, hits)), str(len(hits))]
            inside = [n for n in hits if self.node[n][0] == int(f[1])]
            return [may[int(f[1])], str(len(inside) if int(f[1]) in hits else 0)]
        right = int(f[1])
        if kind == "case":
            return list(self.decide(s, right, *map(int, f[2:5]), f[5], f[6] == "1", f[7] == "1"))
        seen = [n for n in sorted({0, *self.list}) if self.may_open(s)
                and any(g & EXISTS and g & right for g in self.gives(s, n))]
        return [",".join(map(str, seen))]

def main():
    world, counts, asks = World(), [0, 0], ("session", "change", "case", "visible", "search", "count")
    for number, line in enumerate(sys.stdin.buffer, 1):
        kind, *f = line.decode("utf-8").rstrip("\n").split("\t")
        if kind not in asks:
            world.declare(kind, f)
            continue
        mine = world.answer(kind, f)
        counts[different := f[-len(mine):] != mine] += 1
        if different:
            print("line %d: %s: by the page %s" % (number, "\t".join([kind] + f), mine))
    print("%d passed, %d failed" % tuple(counts))
    return 1 if counts[1] or not counts[0] else 0
sys.exit(main())
