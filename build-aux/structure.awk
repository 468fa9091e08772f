# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns kinds.txt and the tables of types of schemas/invoice/structure into C tables: names sorted by
# bytes, leaves first among the types, then aggregates with their children as particles.
function name_of(name) {
	if (!(name in names)) {
		names[name] = 1
		list[++total] = name
	}
	return name
}
function sort_names(   i, j, key) {
	for (i = 2; i <= total; i++) {
		key = list[i]
		for (j = i - 1; j > 0 && (list[j] "") > (key ""); j--)
			list[j + 1] = list[j]
		list[j + 1] = key
	}
	for (i = 1; i <= total; i++)
		names[list[i]] = i - 1
}
BEGIN {
	FS = "\t"
	kinds = types = roots = total = used = 0
}
FNR == 1 {
	file = FILENAME
	sub(/.*\//, "", file)
	syntax = file ~ /^cii/ ? "cii" : "ubl"
}
/^#/ || /^$/ { next }
file == "kinds.txt" {
	kind[$1 ":@" $2] = kinds
	base[kinds] = toupper($3)
	attributes[kinds++] = $4
	n = split($4, part, " ")
	for (i = 1; i <= n; i++) {
		attribute = part[i]
		sub(/[!:=].*/, "", attribute)
		name_of("@" attribute)
	}
	next
}
$1 == "root" {
	split($2, part, "=")
	root_name[roots] = name_of(part[1])
	root_type[roots++] = syntax ":=" part[2]
	next
}
{
	type[syntax ":=" $1] = kinds + types
	children[types++] = syntax " " $2
	n = split($2, part, " ")
	for (i = 1; i <= n; i++)
		if (part[i] ~ /[!?*+]/) {
			child = part[i]
			sub(/[!?*+].*/, "", child)
			name_of(child)
		}
}
function particle(syntax, text,   at, occurs, what) {
	at = match(text, /[!?*+]/)
	occurs = substr(text, at, 1)
	what = syntax ":" substr(text, at + 1)
	if (!((what in kind) || (what in type))) {
		print "structure.awk: no " what > "/dev/stderr"
		exit 1
	}
	return sprintf("\t{ %d, %d, %d, %d },", names[substr(text, 1, at - 1)],
		what in kind ? kind[what] : type[what], occurs == "!" || occurs == "+",
		occurs == "!" || occurs == "?")
}
function attribute_row(text,   name, values) {
	name = text
	sub(/[!:=].*/, "", name)
	values = index(text, "=") ? substr(text, index(text, "=") + 1) : ""
	return sprintf("\t{ %d, %d, %d, \"%s\" },", names["@" name], text ~ /!/, text ~ /:language/, values)
}
END {
	sort_names()
	print "static const char name_text[] ="
	at = 0
	for (i = 1; i <= total; i++) {
		print "\t\"" list[i] "\\0\""
		offsets = offsets at ","
		if (i % 14 == 0)
			offsets = offsets "\n\t"
		at += length(list[i]) + 1
	}
	print ";\nstatic const uint16_t name_at[] = {\n\t" offsets "\n};"
	print "static const structure_attribute attribute_rows[] = {"
	for (k = 0; k < kinds; k++) {
		first[k] = used
		n = split(attributes[k], part, " ")
		for (i = 1; i <= n; i++)
			print attribute_row(part[i])
		used += n
		count[k] = n
	}
	print "};\nstatic const structure_particle particle_rows[] = {"
	used = 0
	for (t = 0; t < types; t++) {
		n = split(children[t], part, " ")
		form[t] = part[2] == "..." ? "ANY" : part[2] == "|" ? "CHOICE" : "SEQUENCE"
		from[t] = used
		for (i = form[t] == "SEQUENCE" ? 2 : 3; i <= n; i++) {
			print particle(part[1], part[i])
			used++
		}
		many[t] = used - from[t]
	}
	print "};\nstatic const structure_type type_rows[] = {"
	for (k = 0; k < kinds; k++)
		printf "\t{ STRUCTURE_%s, %d, %d },\n", base[k], first[k], count[k]
	for (t = 0; t < types; t++)
		printf "\t{ STRUCTURE_%s, %d, %d },\n", form[t], from[t], many[t]
	print "};\nstatic const structure_root root_rows[] = {"
	for (r = 0; r < roots; r++)
		printf "\t{ %d, %d },\n", names[root_name[r]], type[root_type[r]]
	print "};"
}
