# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes one XML schema of schemas/invoice/xsd from kinds.txt and the table of types of a syntax:
#
#	awk -v part=cac -f invoice-xsd.awk kinds.txt ubl-2.1.txt
#
# part is the prefix of the namespace: inv, cn, cac, cbc, ext for UBL; rsm, ram, qdt, udt for CII. Elements of
# UBL are declared globally and referred to, those of CII inside of their types.
BEGIN {
	FS = "\t"
	ubl = part ~ /^(inv|cn|cac|cbc|ext)$/
	syntax = ubl ? "ubl" : "cii"
	oasis = "urn:oasis:names:specification:ubl:schema:xsd:"
	un = "urn:un:unece:uncefact:data:standard:"
	uri["inv"] = oasis "Invoice-2"
	uri["cn"] = oasis "CreditNote-2"
	uri["cac"] = oasis "CommonAggregateComponents-2"
	uri["cbc"] = oasis "CommonBasicComponents-2"
	uri["ext"] = oasis "CommonExtensionComponents-2"
	uri["rsm"] = un "CrossIndustryInvoice:100"
	uri["ram"] = un "ReusableAggregateBusinessInformationEntity:100"
	uri["qdt"] = un "QualifiedDataType:100"
	uri["udt"] = un "UnqualifiedDataType:100"
	file["cac"] = "ubl-aggregate.xsd"
	file["cbc"] = "ubl-basic.xsd"
	file["ext"] = "ubl-extension.xsd"
	file["ram"] = "cii-aggregate.xsd"
	file["qdt"] = "cii-qualified.xsd"
	file["udt"] = "cii-unqualified.xsd"
	imports["inv"] = imports["cn"] = "cac cbc ext"
	imports["cac"] = imports["ext"] = "cbc"
	imports["rsm"] = "ram"
	imports["ram"] = "qdt udt"
	imports["qdt"] = "udt"
	leaves = ubl ? "cbc" : "udt"
}
/^# (OASIS|UN)/ { title = substr($0, 3) }
/^#/ || /^$/ { next }
FILENAME ~ /kinds.txt$/ {
	if ($1 == syntax) {
		kind[++kinds] = $2
		base[$2] = $3
		attributes[$2] = $4
	}
	next
}
$1 == "root" {
	split($2, one, "=")
	home[one[2]] = one[1] == "CreditNote" ? "cn" : ubl ? "inv" : "rsm"
	root[home[one[2]]] = substr(one[1], index(one[1], ":") + 1)
	root_type[home[one[2]]] = one[2]
	next
}
{
	type[++types] = $1
	children[$1] = $2
	n = split($2, one, " ")
	for (i = 1; i <= n; i++)
		if (split_child(one[i]))
			note_child($1)
}
# "cbc:ID!@id" into prefix, name, occurs and what; false for "|" and "...".
function split_child(text,   at) {
	at = match(text, /[!?*+]/)
	if (!at)
		return 0
	prefix = substr(text, 1, index(text, ":") - 1)
	name = substr(text, index(text, ":") + 1, at - index(text, ":") - 1)
	occurs = substr(text, at, 1)
	what = substr(text, at + 1)
	return 1
}
# Where types and, in UBL, elements live.
function note_child(parent) {
	if (!ubl && !(parent in home))
		home[parent] = prefix
	if (!ubl)
		return
	if (what ~ /^=/ && prefix == "ext")
		home[substr(what, 2)] = "ext"
	if (!((prefix, name) in global)) {
		global[prefix, name] = what
		globals[prefix, ++global_count[prefix]] = name
	}
}
function type_name(what,   bare) {
	bare = substr(what, 2)
	if (what ~ /^@/)
		return leaves ":" bare
	return (bare in home ? home[bare] : ubl ? "cac" : "ram") ":" bare
}
function bounds(occurs) {
	return (occurs == "?" || occurs == "*" ? " minOccurs=\"0\"" : "") \
		(occurs == "*" || occurs == "+" ? " maxOccurs=\"unbounded\"" : "")
}
function write_particle(text) {
	split_child(text)
	if (ubl)
		print "\t\t\t<xs:element ref=\"" prefix ":" name "\"" bounds(occurs) "/>"
	else
		print "\t\t\t<xs:element name=\"" name "\" type=\"" type_name(what) "\"" bounds(occurs) "/>"
}
function write_any() {
	print "\t\t<xs:sequence>"
	print "\t\t\t<xs:any namespace=\"##any\" processContents=\"" (part == "ext" ? "skip" : "lax") "\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
	print "\t\t</xs:sequence>"
	print "\t\t<xs:anyAttribute namespace=\"##any\" processContents=\"lax\"/>"
}
function write_type(t,   n, i, one, group) {
	n = split(children[t], one, " ")
	print "\t<xs:complexType name=\"" t "\"" (one[1] == "..." ? " mixed=\"true\"" : "") ">"
	if (one[1] == "...") {
		write_any()
	} else {
		group = one[1] == "|" ? "xs:choice" : "xs:sequence"
		print "\t\t<" group ">"
		for (i = one[1] == "|" ? 2 : 1; i <= n; i++)
			write_particle(one[i])
		print "\t\t</" group ">"
	}
	print "\t</xs:complexType>"
}
function write_attribute(text,   values, n, i, one) {
	name = text
	sub(/[!:=].*/, "", name)
	values = index(text, "=") ? substr(text, index(text, "=") + 1) : ""
	printf "\t\t\t\t<xs:attribute name=\"%s\"%s", name, text ~ /!/ ? " use=\"required\"" : ""
	if (values == "") {
		print " type=\"xs:" (text ~ /:language/ ? "language" : "string") "\"/>"
		return
	}
	print ">\n\t\t\t\t\t<xs:simpleType>\n\t\t\t\t\t\t<xs:restriction base=\"xs:token\">"
	n = split(values, one, ",")
	for (i = 1; i <= n; i++)
		print "\t\t\t\t\t\t\t<xs:enumeration value=\"" one[i] "\"/>"
	print "\t\t\t\t\t\t</xs:restriction>\n\t\t\t\t\t</xs:simpleType>\n\t\t\t\t</xs:attribute>"
}
function write_leaf(k,   n, i, one, xsd) {
	xsd = base[k] == "base64" ? "base64Binary" : base[k] == "datetime" ? "dateTime" : base[k]
	print "\t<xs:complexType name=\"" k "\">\n\t\t<xs:simpleContent>"
	print "\t\t\t<xs:extension base=\"xs:" xsd "\">"
	n = split(attributes[k], one, " ")
	for (i = 1; i <= n; i++)
		write_attribute(one[i])
	print "\t\t\t</xs:extension>\n\t\t</xs:simpleContent>\n\t</xs:complexType>"
}
function write_head(   n, i, one) {
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	print "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->"
	print "<!-- " title ": our own schema,\n     made by \"make invoice-xsd\" from schemas/invoice/structure; do not edit. -->"
	print "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:" part "=\"" uri[part] "\""
	n = split(imports[part], one, " ")
	for (i = 1; i <= n; i++)
		print "\txmlns:" one[i] "=\"" uri[one[i]] "\""
	print "\ttargetNamespace=\"" uri[part] "\" elementFormDefault=\"qualified\">"
	for (i = 1; i <= n; i++)
		print "\t<xs:import namespace=\"" uri[one[i]] "\" schemaLocation=\"" file[one[i]] "\"/>"
}
END {
	write_head()
	if (part in root)
		print "\t<xs:element name=\"" root[part] "\" type=\"" part ":" root_type[part] "\"/>"
	for (i = 1; i <= global_count[part]; i++)
		print "\t<xs:element name=\"" globals[part, i] "\" type=\"" type_name(global[part, globals[part, i]]) "\"/>"
	for (i = 1; i <= kinds && part == leaves; i++)
		write_leaf(kind[i])
	for (i = 1; i <= types; i++)
		if ((type[i] in home ? home[type[i]] : ubl ? "cac" : "ram") == part)
			write_type(type[i])
	print "</xs:schema>"
}
