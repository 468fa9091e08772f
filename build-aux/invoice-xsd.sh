#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the XML schemas for invoices: invoice-xsd.sh SOURCE FOLDER
set -eu
source=$1
folder=$2
for schema in inv:ubl-invoice cn:ubl-credit-note cac:ubl-aggregate cbc:ubl-basic ext:ubl-extension \
	rsm:cii-invoice ram:cii-aggregate qdt:cii-qualified udt:cii-unqualified; do
	name=${schema#*:}
	case $name in
	ubl-*) table=ubl-2.1 ;;
	*) table=cii-d16b ;;
	esac
	LC_ALL=C "${AWK:-awk}" -v part="${schema%:*}" -f "$source/build-aux/invoice-xsd.awk" \
		"$source/schemas/invoice/structure/kinds.txt" \
		"$source/schemas/invoice/structure/$table.txt" >"$folder/$name.xsd"
done
