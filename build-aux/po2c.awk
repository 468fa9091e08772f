# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns gettext PO files into rows of a C table: { "msgid", "msgstr" }. Before each row stands the text
# itself and a byte 1, to sort by and to cut off: sorting the rows would put "abc" behind "abc def",
# since a quotation mark is above a blank, and a binary search would miss it.
function emit(    key) {
	key = id
	gsub(/\\"/, "\"", key)
	if (id != "" && str != "")
		print key "\001\t{ \"" id "\", \"" str "\" },"
	id = ""
	str = ""
}
function text(line) {
	sub(/^[^"]*"/, "", line)
	sub(/"[ \t\r]*$/, "", line)
	return line
}
/^msgid /  { emit(); where = "id"; id = text($0); next }
/^msgstr / { where = "str"; str = text($0); next }
/^"/       { if (where == "id") id = id text($0); else if (where == "str") str = str text($0); next }
/^#/       { next }
END        { emit() }
