#!/bin/sh
# Makes the drafts of this folder anew, as an office would: typed, exported by
# LibreOffice. Needs LibreOffice and python3. The bytes differ from run to run.
#
#	cv-gia-1.pdf, cv-gia-2.pdf    công văn of SXD, first with another subject than declared, then right
#	cv-thu-hoi.pdf                a second công văn of SXD
#	cv-mat.pdf                    the same with the stamp of a state secret
#	da-ky-bi-sua.pdf              cv-thu-hoi.pdf signed in a demonstration, then one letter of its
#	                              producer's name changed; not made here
#	quet-100.pdf, quet-200.pdf    a letter of Hội X on paper, under a scanner at 100 and 200 dpi, as package demo
#	                              draws it (typed.scanned); not made here
#	cv-gia.docx                   cv-gia-2 as the editor saved it
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work" <<'PY'
import sys
page = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{about}</title>
<style>@page{{size:A4;margin:20mm 15mm 20mm 30mm}} body{{font-family:"Liberation Serif";font-size:14pt}} td{{vertical-align:top;text-align:center}}</style></head><body>
<table width="100%"><tr><td width="42%"><span style="font-size:12pt">UBND TỈNH MẪU</span><br><b style="font-size:12pt">SỞ XÂY DỰNG</b>{stamp}<br><br><span style="font-size:13pt">Số:{gap}/SXD-KT</span><br><span style="font-size:12pt">V/v {about}</span></td>
<td><b style="font-size:12pt">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b style="font-size:13pt"><u>Độc lập - Tự do - Hạnh phúc</u></b><br><br><i style="font-size:13pt">Mẫu, ngày{gap}tháng{gap}năm 2025</i></td></tr></table>
<p align="center">Kính gửi:<br>- UBND huyện A;<br>- Sở Nội vụ;<br>- Hội X.</p>
<p align="justify">{body}</p>
<p align="justify">Đề nghị quý cơ quan quan tâm, phối hợp thực hiện./.</p>
<table width="100%"><tr><td width="50%" style="text-align:left"><b><i style="font-size:12pt">Nơi nhận:</i></b><br><span style="font-size:11pt">- Như trên;<br>- Lưu: VT, KT (02).</span></td>
<td><b>GIÁM ĐỐC</b><br><br><br><br><br><b>Lê Quốc Hùng</b></td></tr></table>
</body></html>"""
def write(name, about, body, stamp=""):
    with open(f"{sys.argv[1]}/{name}.html", "w", encoding="utf-8") as f:
        f.write(page.format(about=about, body=body, stamp=stamp, gap="\u00a0" * 9))
price = "Để thống nhất công bố giá vật liệu xây dựng quý I năm 2025, Sở Xây dựng đề nghị các cơ quan gửi số liệu khảo sát {0}."
write("cv-gia-1", "khảo sát giá vật liệu", price.format("trong thời gian sớm nhất"))
write("cv-gia-2", "phối hợp công bố giá vật liệu xây dựng quý I năm 2025", price.format("trước ngày 14/3/2025"))
write("cv-thu-hoi", "góp ý dự thảo quy chế quản lý công viên cây xanh", "Sở Xây dựng gửi kèm dự thảo quy chế quản lý công viên cây xanh đô thị để quý cơ quan góp ý.")
write("cv-mat", "phương án bảo vệ công trình trọng điểm", "Sở Xây dựng gửi phương án bảo vệ công trình trọng điểm.", "<br><br><b>TUYỆT MẬT</b>")
PY
for name in cv-gia-1 cv-gia-2 cv-thu-hoi cv-mat; do
	soffice -env:UserInstallation="file://$work/profile" --headless --infilter="HTML (StarWriter)" \
		--convert-to "docx:MS Word 2007 XML" --outdir "$work" "$work/$name.html" >/dev/null
	soffice -env:UserInstallation="file://$work/profile" --headless --convert-to pdf --outdir . "$work/$name.docx" >/dev/null
done
cp "$work/cv-gia-2.docx" cv-gia.docx
