# SPDX-License-Identifier: LGPL-2.1-or-later
"""A new store, a dossier, a case, a document; found again: dossier.py FOLDER (as examples/c/dossier.c)."""

import sys

import efile

LETTER = b"Dear Sir or Madam, the lamp in front of number 7 is dark.\n"


def main(folder: str) -> None:
    """Makes everything in the folder, which must not exist."""
    efile.init(folder)
    with efile.Store(folder) as store:
        store.bootstrap("admin", "The administrator", login="example:admin")
        with store.session("admin", login="example:admin") as admin:
            clerk = admin.create_actor(efile.ActorKind.PERSON, "clerk")
            admin.permit_login("example:clerk", clerk)
            access = admin.access_list([efile.AccessEntry(clerk, efile.Right.ALL)])
            admin.create_plan("66", "Roads", access_list=access, pattern="{plan.code}-{dossier:04}")
        with store.session("clerk", login="example:clerk") as session:
            with session.transaction():  # all of it or nothing
                dossier = session.create_dossier(session.plan("66"), "Street lamp")
                case = dossier.create_case("Elm street")
                case.add_document("Lamp out of order", LETTER, media_type="text/plain")
            for hit in session.search("lamp"):
                print(f"{hit.reference}  {efile.node_kind_name(hit.kind)}  {hit.title}")


if __name__ == "__main__":
    main(sys.argv[1])
