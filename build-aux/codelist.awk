# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns code lists (schemas/invoice/codelists) into C: per file one text of all codes, sorted, with a
# NUL behind each, where each begins in it, and a row that describes the list.
function finish(   i, j, key, at) {
	if (name == "")
		return
	for (i = 2; i <= n; i++) {
		key = codes[i]
		for (j = i - 1; j > 0 && (codes[j] "") > (key ""); j--)
			codes[j + 1] = codes[j]
		codes[j + 1] = key
	}
	lower = "list_" name
	gsub(/-/, "_", lower)
	printf "static const char %s_text[] =", lower
	for (i = 1; i <= n; i++)
		printf "%s\"%s\\0\"", (i % 8 == 1 ? "\n\t" : " "), codes[i]
	printf ";\nstatic const uint16_t %s_at[] = {", lower
	at = 0
	for (i = 1; i <= n; i++) {
		printf "%s%d,", (i % 16 == 1 ? "\n\t" : " "), at
		at += length(codes[i]) + 1
	}
	print "\n};"
	rows = rows sprintf("\t{ \"%s\", \"%s\",\n\t\t\"%s\",\n\t\t\"%s\",\n\t\t%s_text, %s_at, %d },\n",
		name, standard, version, source, lower, lower, n)
}
FNR == 1 {
	finish()
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.txt$/, "", name)
	standard = version = source = ""
	n = 0
	delete codes
}
/^# standard: / { standard = substr($0, 13) }
/^# version: / { version = substr($0, 12) }
/^# source: / { source = substr($0, 11) }
/^#/ { next }
{
	for (i = 1; i <= NF; i++)
		codes[++n] = $i
}
END {
	finish()
	print "static const codelist builtin[] = {"
	printf "%s", rows
	print "};"
}
