#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes dates.tsv from Python's datetime (an independent implementation).

Columns: date, days since 1970-01-01, ISO weekday, months to add, the date then (day capped).
Run: python3 generate.py > dates.tsv
"""
import calendar
import datetime
import random

rnd = random.Random(20261122)
EPOCH = datetime.date(1970, 1, 1).toordinal()
LAST = datetime.date.max.toordinal()


def add_months(date, months):
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    month += 1
    if not 1 <= year <= 9999:
        return None
    return date.replace(year=year, month=month,
                        day=min(date.day, calendar.monthrange(year, month)[1]))


def main():
    days = [1, LAST, EPOCH, EPOCH - 1, EPOCH + 1]
    for year in [1, 4, 100, 400, 1582, 1600, 1700, 1899, 1900, 1999, 2000, 2024, 2026, 2100, 9996]:
        for month, day in [(1, 1), (1, 31), (2, 28), (3, 1), (12, 31)]:
            days.append(datetime.date(year, month, day).toordinal())
        if calendar.isleap(year):
            days.append(datetime.date(year, 2, 29).toordinal())
    days += [rnd.randrange(1, LAST + 1) for _ in range(200)]
    days += [EPOCH + rnd.randrange(-20000, 60000) for _ in range(200)]
    for ordinal in days:
        date = datetime.date.fromordinal(ordinal)
        months = rnd.choice([1, -1, 12, -12, 6, 13, rnd.randrange(-600, 600)])
        then = add_months(date, months)
        if then:
            print(date, ordinal - EPOCH, date.isoweekday(), months, then, sep="\t")


main()
