story 'Dự thảo DOCX: hệ thống chuyển thành PDF, ký, cấp số; tệp soạn thảo được giữ bên cạnh'  law ND30-10 HT33-10.1.a HN20-9.1.b.i HT33-10.1.c.i

at 3/3/2025 08:05
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-gia.docx
press 'Lưu và trình' 'Trích yếu'='V/v phối hợp công bố giá vật liệu xây dựng quý I năm 2025' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A; Sở Nội vụ'
see 'Đã lưu dự thảo. Đã trình.'
journal document.submitted
follow 'Phiên bản'
see 'cv-gia.docx' 'cv-gia.pdf'
as thu
open /
follow 'phối hợp công bố giá'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'phối hợp công bố giá'
see 'Trích yếu: Khớp với hệ thống.' 'Đủ chỗ cho số, ngày và hai chữ ký'
press 'Thể thức đạt'
as hung
open /
follow 'phối hợp công bố giá'
press 'Duyệt và ký'
as lan
open /
follow 'Cấp số' beside 'phối hợp công bố giá'
press 'Cấp số'
press 'Ký số cơ quan'
journal document.sealed
open '/di/?q=phoi+hop+cong+bo+gia'
follow '87/SXD-KT'
follow 'Thông tin'
download '87-SXD-KT.pdf' as ban
pdf valid $ban 2
file $ban has 'phối hợp công bố giá vật liệu'
