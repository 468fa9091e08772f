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

# Completes all tasks of a person.
each_task() {
	efile task list --as "$1" --json | sed -n 's/^[^,]*,"id":"\([^"]*\)".*/\1/p' | while read -r task; do
		efile task complete --as "$1" "$task" --variables "$2"
	done
}

# The value of a key in a line of JSON; enough for the flat lines of efile.
value() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

value_number() {
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

rm -rf "$demo"
mkdir -p "$demo"

step 'Eine Verwaltung auf dem Tisch: Aktenplan, Rollen, Regeln, der Rechnungseingang'
efile init --template municipal --land BW
export EFILE_AS=admin
efile actor create person p.klein --display 'Petra Klein, Poststelle' --in poststelle --login-of "$me"
efile actor create person m.weber --display 'Martin Weber, Tiefbau' --in sachbearbeitung --in bauamt --login-of "$me"
efile actor create person a.yilmaz --display 'Aylin Yilmaz, Kämmerei' --in anordnung --in kaemmerei --login-of "$me"
efile actor create person h.haas --display 'Hanna Haas, Haushalt' --in haushalt --in kaemmerei --login-of "$me"
efile actor create person k.kass --display 'Karl Kass, Gemeindekasse' --in kasse --login-of "$me"
efile actor create person r.sturm --display 'Rolf Sturm, Registratur' --in registratur --login-of "$me"

begin=$(efile events --json | value_number position | tail -n 1)

step 'Vier Eingänge per E-Mail: zwei Rechnungen, ein Brief, eine defekte Rechnung'
efile intake mail --as p.klein "$here"/mails/*.eml || [ $? = 3 ]
step 'Dieselben noch einmal: nichts wird doppelt abgelegt'
efile intake mail --as p.klein "$here"/mails/1-xrechnung.eml
step 'Das Posteingangsbuch'
efile intake journal --as p.klein

step 'Die Leitweg-ID stimmt nicht: die Poststelle klärt, welches Amt zuständig ist'
efile invoice leitweg 08999999-0001-27 || :
efile task list --as p.klein
each_task p.klein '{"route":{"office":"bauamt","technical":false}}'

step 'Sachlich und rechnerisch richtig: Martin Weber erledigt seine Aufgaben'
efile task list --as m.weber
each_task m.weber '{"facts":{"outcome":"right"}}'
each_task m.weber '{"calculation":{"outcome":"right"}}'

step 'Kontieren, dann anordnen; vier Augen: wer festgestellt hat, ordnet nicht an'
each_task h.haas '{"account":{"outcome":"ok"}}'
efile task list --as a.yilmaz
instance=$(efile task list --as a.yilmaz --json | value instance | head -n 1)
each_task a.yilmaz '{"order":{"outcome":"ok"}}'

step 'Die Gemeindekasse nimmt an und bestätigt die Zahlung'
each_task k.kass '{"treasury":{"outcome":"ok"}}'
efile task list --as k.kass
each_task k.kass '{"payment":{"date":"'$(date +%F)'"}}'

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
efile events --as r.sturm --since "$begin"
efile audit anchor
efile fsck

step 'Zum Ansehen'
page=$(find "$demo/akte" -name index.html 2>/dev/null | head -n 1)
[ -z "$page" ] || echo "  $page   (die Akte als Seite)"
echo "  $demo/ablauf.svg   (der Ablauf)"
echo "  $demo/akte.zip   (die Akte als BagIt-Paket)"
echo "  weiter mit: EFILE_STORE=$EFILE_STORE $build/efile help"
