# SPDX-License-Identifier: LGPL-2.1-or-later
# Turns a text file into a C string literal, one per line: #include "x.sql.inc" as an initialiser.
{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\"")
	print "\"" $0 "\\n\""
}
