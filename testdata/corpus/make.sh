#!/bin/sh
# Makes the files of this folder anew (see README.md). Needs LibreOffice,
# Ghostscript, qpdf, zip and python3. The bytes differ from run to run: dates and ids.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
office() { # format file
	soffice -env:UserInstallation="file://$work/profile" --headless --convert-to "$1" --outdir "$work" "$2" >/dev/null
}

# Typed and exported as an office would.
cp source.html "$work/cv-120.html"
soffice -env:UserInstallation="file://$work/profile" --headless --infilter="HTML (StarWriter)" \
	--convert-to "docx:MS Word 2007 XML" --outdir "$work" "$work/cv-120.html" >/dev/null
office pdf "$work/cv-120.docx"
cp "$work/cv-120.docx" cv-120.docx
cp "$work/cv-120.pdf" libreoffice.pdf

# An annex as a spreadsheet, the least that ECMA-376 asks for.
python3 - <<'PY'
import zipfile
rows = [["TT", "Cụm công nghiệp", "Diện tích (ha)", "Tỷ lệ lấp đầy"], [1, "Bắc Sông", 48.5, "62%"], [2, "Đông Hòa", 35, "81%"]]
def cell(c, r, v):
    ref = "ABCD"[c] + str(r + 1)
    if isinstance(v, str):
        return f'<c r="{ref}" t="inlineStr"><is><t>{v}</t></is></c>'
    return f'<c r="{ref}"><v>{v}</v></c>'
sheet = "".join(f'<row r="{r+1}">' + "".join(cell(c, r, v) for c, v in enumerate(row)) + "</row>" for r, row in enumerate(rows))
head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
pkg = "http://schemas.openxmlformats.org/package/2006"
kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
parts = {
    "[Content_Types].xml": f'<Types xmlns="{pkg}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{pkg}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Phụ lục" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{pkg}/relationships"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
}
with zipfile.ZipFile("phu-luc.xlsx", "w", zipfile.ZIP_DEFLATED) as z:
    for name, text in parts.items():
        z.writestr(zipfile.ZipInfo(name), head + text, zipfile.ZIP_DEFLATED)
PY

# The same text in decomposed Unicode, under a decomposed name.
python3 - "$work" <<'PY'
import sys, unicodedata
d = lambda s: unicodedata.normalize("NFD", s)
text = open("source.html", encoding="utf-8").read()
open(sys.argv[1] + "/nfd.html", "w", encoding="utf-8").write(d(text))
PY
soffice -env:UserInstallation="file://$work/profile" --headless --infilter="HTML (StarWriter)" \
	--convert-to "docx:MS Word 2007 XML" --outdir "$work" "$work/nfd.html" >/dev/null
office pdf "$work/nfd.docx"
cp "$work/nfd.pdf" "$(python3 -c 'import unicodedata; print(unicodedata.normalize("NFD", "Công văn phối hợp.pdf"))')"

# Other producers of the same pages.
gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -dCompatibilityLevel=1.4 -sOutputFile=ghostscript.pdf libreoffice.pdf
qpdf --object-streams=generate --stream-data=compress libreoffice.pdf object-streams.pdf
qpdf --linearize --object-streams=disable libreoffice.pdf linearized.pdf
qpdf --rotate=+90:1 libreoffice.pdf rotated.pdf

# A scan: 200 dpi, colour, three pages, no text.
qpdf --empty --pages libreoffice.pdf libreoffice.pdf libreoffice.pdf -- "$work/three.pdf"
gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfimage24 -r200 -sCompression=JPEG -dJPEGQ=30 -sOutputFile=scan.pdf "$work/three.pdf"

# What must be refused, with the reason.
qpdf --encrypt mat-khau chu-so-huu 256 -- libreoffice.pdf encrypted.pdf
qpdf --encrypt "" chu-so-huu 256 --modify=none -- libreoffice.pdf encrypted-owner.pdf
cp phu-luc.xlsx "$work/x.xlsx" && (cd "$work" && zip -q -X fake.zip x.xlsx) && cp "$work/fake.zip" fake.pdf
head -c 9000 libreoffice.pdf >truncated.pdf
