#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way of four letters through a new store: demo.sh BUILD-FOLDER
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
demo=${EFILE_DEMO:-$build/demo}
PATH=$build:$PATH
EFILE_HELPER=${EFILE_HELPER:-$build/tools/parse/efile-parse}
EFILE_STORE=$demo/store
EFILE_LANG=${EFILE_LANG:-de}
export PATH EFILE_HELPER EFILE_STORE EFILE_LANG
me=os:$(id -un)

step() {
	printf '\n== %s\n' "$*"
}

# The value of a key in a line of JSON; enough for the flat lines of efile.
value() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

rm -rf "$demo"
mkdir -p "$demo"

step 'Eine Verwaltung auf dem Tisch: Aktenplan, Rollen, Regeln, der Rechnungsablauf'
efile init --template municipal --land BW
export EFILE_AS=admin
efile actor create person p.klein --display 'Petra Klein, Poststelle' --in poststelle --login-of "$me"
efile actor create person m.weber --display 'Martin Weber, Tiefbau' --in sachbearbeitung --in bauamt --login-of "$me"
efile actor create person a.yilmaz --display 'Aylin Yilmaz, Kämmerei' --in anordnung --in kaemmerei --login-of "$me"
efile actor create person r.sturm --display 'Rolf Sturm, Registratur' --in registratur --login-of "$me"

step 'Vier Eingänge per E-Mail: zwei Rechnungen, ein Brief, eine defekte Rechnung'
efile intake mail --as p.klein "$here"/mails/*.eml || [ $? = 3 ]
step 'Dieselben noch einmal: nichts wird doppelt abgelegt'
efile intake mail --as p.klein "$here"/mails/1-xrechnung.eml
step 'Das Posteingangsbuch'
efile intake journal --as p.klein

step 'Sachlich richtig: Martin Weber erledigt seine Aufgaben'
efile task list --as m.weber
efile task list --as m.weber --json | value id | while read -r task; do
	efile task claim --as m.weber "$task"
	efile task complete --as m.weber "$task" --variables '{"facts_certified":true}'
done

step 'Vier Augen: wer sachlich richtig gezeichnet hat, ordnet nicht an; Aylin Yilmaz tut es'
efile task list --as a.yilmaz
instance=
for task in $(efile task list --as a.yilmaz --json | value id); do
	instance=$(efile task show --as a.yilmaz --json "$task" | value instance)
	efile task complete --as a.yilmaz "$task" --variables '{"authorised":true}'
done

step 'Beide Rechnungsvorgänge sind zu den Akten verfügt'
efile flow list --as r.sturm
dossier=$(efile dossier list --as r.sturm 031 --json | value reference | head -n 1)
efile dossier show --as r.sturm "$dossier"

step 'Gefunden wird, was man sehen darf'
efile search --as m.weber 'laternen mühlgasse'

step 'Ausgabe der Akte und des Ablaufs mit dem genommenen Weg'
efile export --as r.sturm "$dossier" --format zip -o "$demo/akte.zip"
efile flow render --as r.sturm "$instance" -o "$demo/ablauf.svg"
efile flow replay --as r.sturm "$instance"
python3 -m zipfile -e "$demo/akte.zip" "$demo/akte" 2>/dev/null || unzip -q -o "$demo/akte.zip" -d "$demo/akte" 2>/dev/null || true

step 'Wer hat wann was getan? Das Protokoll, und ob es stimmt'
efile events | grep -E 'intake\.|document\.filed|flow\.|task\.|job\.|invoice\.|node\.closed|export\.' | cut -c1-100
efile audit anchor
efile fsck

step 'Zum Ansehen'
page=$(find "$demo/akte" -name index.html 2>/dev/null | head -n 1)
[ -z "$page" ] || echo "  $page   (die Akte als Seite)"
echo "  $demo/ablauf.svg   (der Ablauf)"
echo "  $demo/akte.zip   (die Akte als BagIt-Paket)"
echo "  weiter mit: EFILE_STORE=$EFILE_STORE $build/efile help"
