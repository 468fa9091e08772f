# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns gettext PO files into rows of a C table: { "msgid", "msgstr" }, sorted afterwards.
function emit() {
	if (id != "" && str != "")
		print "\t{ \"" id "\", \"" str "\" },"
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
