#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes a bill of materials in SPDX 2.3 JSON: sbom.sh VERSION > libefile.spdx.json
set -eu
version=$1
created=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ)
packages='libxml2:MIT libsqlite3-0:blessing zlib1g:Zlib libarchive13:BSD-2-Clause libssl3:Apache-2.0
libpcre2-8-0:BSD-3-Clause libstemmer0d:BSD-3-Clause libintelrdfpmath-dev:BSD-3-Clause
libpoppler-glib8:GPL-2.0-only libcairo2:LGPL-2.1-only libmagic1:BSD-2-Clause libseccomp2:LGPL-2.1-only tzdata:LicenseRef-public-domain'
cat <<JSON
{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"libefile-$version",
"documentNamespace":"urn:libefile:sbom:$version:$created",
"creationInfo":{"created":"$created","creators":["Tool: libefile-sbom-$version"]},
"packages":[
{"SPDXID":"SPDXRef-libefile","name":"libefile","versionInfo":"$version","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseConcluded":"LGPL-2.1-or-later","licenseDeclared":"LGPL-2.1-or-later"},
{"SPDXID":"SPDXRef-efile-parse","name":"efile-parse","versionInfo":"$version","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseConcluded":"GPL-2.0-or-later","licenseDeclared":"GPL-2.0-or-later"}
JSON
for row in $packages; do
	name=${row%%:*}
	found=$(dpkg-query -W -f='${Version}' "$name" 2>/dev/null || echo NOASSERTION)
	printf ',{"SPDXID":"SPDXRef-%s","name":"%s","versionInfo":"%s","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseConcluded":"%s","licenseDeclared":"%s"}\n' \
		"$name" "$name" "$found" "${row#*:}" "${row#*:}"
done
printf '],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-libefile"}'
for row in $packages; do
	name=${row%%:*}
	case $name in libpoppler* | libcairo* | libmagic* | libseccomp*) from=efile-parse ;; *) from=libefile ;; esac
	printf ',{"spdxElementId":"SPDXRef-%s","relationshipType":"DEPENDS_ON","relatedSpdxElement":"SPDXRef-%s"}' "$from" "$name"
done
printf ']}\n'
