# SPDX-License-Identifier: LGPL-2.1-or-later
# A manual page of section 3 out of a public header: awk -v version=0.1 -f man3.awk libefile/include/efile/store.h
# Each comment that begins with two stars documents the declaration behind it (tests/style/documented.sh).

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	if (text ~ /^[.']/)
		text = "\\&" text
	return text
}

# Words of a comment: @brief as it stands, @param and @retval as tagged paragraphs, the others at the end.
function describe(text,   n, words, i, word, name) {
	n = split(text, words, /[ \t\n]+/)
	for (i = 1; i <= n; i++) {
		word = words[i]
		if (word == "")
			continue
		if (word == "@brief" || word == "@file")
			continue
		if (word ~ /^@param/ || word == "@retval") {
			name = words[++i]
			if (word ~ /\[out\]/)
				name = name " (out)"
			printf "\n.TP\n\\fB%s\\fR\n", roff(name)
		} else if (word == "@return")
			printf "\n.TP\nreturns\n"
		else if (word == "@since")
			printf "\n.TP\nsince\n"
		else if (word == "@standard")
			printf "\n.TP\nstandard\n"
		else if (word == "@par")
			printf "\n.PP\n"
		else
			printf "%s ", roff(word)
	}
	printf "\n"
}

function flush(   title) {
	if (declaration == "" || comment == "")
		return
	sub(/^EFILE_API /, "", declaration)
	title = declaration
	if (match(title, /efile_[a-z0-9_]+\(/))
		title = substr(title, RSTART, RLENGTH - 1) "()"
	else if (match(title, /\} *efile_[a-z0-9_]+;/))
		title = substr(title, RSTART + 2, RLENGTH - 3)
	else if (match(title, /efile_[a-z0-9_]+;/))
		title = substr(title, RSTART, RLENGTH - 1)
	else
		title = "constants"
	gsub(/[ \t]*\/\*\*</, "  /*", declaration)
	printf ".SS %s\n.nf\n", title
	count = split(declaration, lines, "\n")
	for (l = 1; l <= count; l++)
		print roff(lines[l])
	printf ".fi\n.PP\n"
	describe(comment)
	comment = declaration = ""
}

FNR == 1 {
	topic = FILENAME
	sub(/.*\//, "", topic)
	sub(/\.h$/, "", topic)
}

/^#/ || /^EFILE_(BEGIN|END)_DECLS/ || /^\/\* / { next }

/^\/\*\*/ {
	flush()
	comment = ""
	inside = 1
}

inside {
	line = $0
	ended = line ~ /\*\//
	sub(/^[ \t]*\/?\*+\/?/, "", line)
	sub(/\*\/.*/, "", line)
	comment = comment "\n" line
	if (ended) {
		inside = 0
		if (comment ~ /@file/) {
			about = comment
			sub(/.*@file [a-z_]+\.h/, "", about)
			brief = about
			sub(/^[ \n]*@brief /, "", brief)
			rest = brief
			sub(/\n.*/, "", brief)
			sub(/^[^\n]*/, "", rest)
			comment = ""
			printf ".TH \"EFILE_%s\" 3 \"\" \"libefile %s\" \"Library functions\"\n", toupper(topic), version
			printf ".SH NAME\nefile_%s \\- %s\n", topic, roff(brief)
			printf ".SH SYNOPSIS\n.nf\n#include <efile/%s.h>\ncc ... $(pkg\\-config \\-\\-cflags \\-\\-libs libefile)\n.fi\n", topic
			printf ".SH DESCRIPTION\n"
			describe(rest)
		}
	}
	next
}

comment != "" {
	declaration = declaration (declaration == "" ? "" : "\n") $0
	depth += gsub(/\{/, "{") - gsub(/\}/, "}")
	if (depth == 0 && $0 ~ /; *(\/\*.*)?$/)
		flush()
}

END { print ".SH SEE ALSO\n.BR libefile (7),\n.BR efile (1)" }
