# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns a table (TSV with a header line; # begins a comment line) into the rows of a C array of
# structs of texts: static const row rows[] = {
# #include "x.tsv.inc"
# };
BEGIN { FS = "\t" }
/^#/ || /^$/ { next }
!columns { columns = NF; next }
NF != columns {
	print FILENAME ":" FNR ": " NF " columns instead of " columns > "/dev/stderr"
	exit 1
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	line = "{ "
	for (i = 1; i <= NF; i++)
		line = line (i > 1 ? ", " : "") "\"" $i "\""
	print line " },"
}
