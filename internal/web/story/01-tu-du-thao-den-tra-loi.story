story 'Một công văn đi hết đường: soạn, trả lại, ký, phát hành, đến nơi, xử lý, trả trạng thái 01-03-04-05-06'  law ND30-10 ND30-10.3 ND30-12.1 ND30-12.2 ND30-13 ND30-15 ND30-18.1 ND30-22 ND30-23 ND30-24 HT33-7.4 HT33-8.1 HT33-8.2.i HT33-9.i HT33-9.ii HT33-10.1.a HT33-10.1.b HT33-10.1.c.i HT33-10.1.d HT33-10.2.i HN20-7.1.b HN20-7.1.d BRVT1842-6.5

# 1. An drafts from a PDF for two agencies on the hub and one that is not.
at 3/3/2025 08:05
as an
open /du-thao
follow 'Soạn dự thảo'
see 'Phạm Minh Thu' beside 'Duyệt nội dung'
upload 'Văn bản chính' testdata/cv-gia-1.pdf
upload 'Phụ lục' testdata/corpus/phu-luc.xlsx
press 'Lưu dự thảo'
    'Loại văn bản'='Công văn'
    'Trích yếu'='V/v phối hợp công bố giá vật liệu xây dựng quý I năm 2025'
    'Độ khẩn'='Khẩn'
    'Người ký'='Lê Quốc Hùng, Giám đốc'
    'Nơi nhận'='UBND huyện A; Sở Nội vụ; Hội X'
    'Hạn trả lời'=14/3/2025
see 'Đã lưu dự thảo.' '3 nơi nhận · 1 phụ lục'
journal document.drafted
press 'Trình'
see 'Đã trình SXD-KT.'
journal document.submitted
open /du-thao
see 'đang ở Phòng Kinh tế xây dựng' beside 'phối hợp công bố giá vật liệu'

# 2. Thu returns it once with an opinion; An answers with version 2.
at 08:40
as thu
open /
follow 'Duyệt nội dung' beside 'phối hợp công bố giá vật liệu'
press 'Trả lại'
status 422
see 'Cần ghi ý kiến để người soạn biết phải sửa gì.'
nojournal document.returned
press 'Trả lại' 'Ý kiến'='Ghi rõ thời hạn gửi số liệu; trích yếu phải khớp với sổ.'
see 'Đã trả lại người soạn.'
journal document.returned 'Ghi rõ thời hạn'

as an
open /
see 'phối hợp công bố giá vật liệu'
follow 'Sửa' beside 'phối hợp công bố giá vật liệu'
see 'Dự thảo được trả lại.' 'Ghi rõ thời hạn gửi số liệu'
follow 'Sửa'
see 'Ý kiến cần tiếp thu' 'Phạm Minh Thu'
upload 'Văn bản chính' testdata/cv-gia-2.pdf
press 'Lưu và trình' 'Ghi chú'='Đã ghi thời hạn 14/3, sửa trích yếu'
see 'phiên bản 2' 'Đang ở Phòng Kinh tế xây dựng'
journal document.drafted 'version=2'
journal document.submitted
follow 'Phiên bản'
see 'cv-gia-1.pdf' 'cv-gia-2.pdf' 'Đã ghi thời hạn 14/3'

at 09:00
as thu
open /
follow 'Duyệt nội dung' beside 'phối hợp công bố giá vật liệu'
press 'Đồng ý, chuyển tiếp' 'Ý kiến'='Đồng ý nội dung, kính trình.'
journal document.content_passed

# The form check: what the machine finds, and a person's word.
as phuc
open /
follow 'Kiểm tra' beside 'phối hợp công bố giá vật liệu'
see 'Trích yếu: Khớp với hệ thống.' 'Số, ký hiệu: Ký hiệu đúng' 'Họ tên người ký: Lê Quốc Hùng.' 'Không thấy dấu “KHẨN” trên trang 1.' 'Đủ chỗ cho số, ngày và hai chữ ký'
press 'Thể thức đạt' 'Ý kiến'='Thể thức đạt.'
journal document.form_passed

# 3. Hùng approves and signs with his own key; nobody else is offered it.
as mai
open /du-thao
follow 'phối hợp công bố giá vật liệu'
notsee 'Duyệt và ký'
as hung
open /
follow 'phối hợp công bố giá vật liệu'
see 'Vị trí ký: trên tên người ký' 'Đồng ý nội dung, kính trình.'
press 'Duyệt và ký'
see 'Đã duyệt và ký'
journal document.approved
journal document.signed

# 4. Lan gives the number that is next, then the agency's signature.
at 09:30
as lan
open /
follow 'Cấp số' beside 'phối hợp công bố giá vật liệu'
see 'Số tiếp theo: 87/SXD-KT'
press 'Cấp số'
see 'Đã cấp số 87/SXD-KT.'
journal document.numbered '87/SXD-KT' '03/03/2025'
press 'Ký số cơ quan'
see 'Đã ký số cơ quan trên 87/SXD-KT.'
journal document.sealed

# 5. The last check, and out.
as phuc
open /
follow 'Kiểm tra' beside '87/SXD-KT'
see 'Chữ ký người ký và chữ ký số cơ quan hợp lệ'
press 'Đạt, cho phát hành'
journal document.checked
at 09:45
as lan
open /
follow 'Phát hành' beside '87/SXD-KT'
see 'qua trục liên thông' beside 'UBND huyện A'
see 'qua trục liên thông' beside 'Sở Nội vụ'
see 'bản giấy · Chưa kết nối trục liên thông' beside 'Hội X'
press 'Phát hành'
see 'Đã phát hành 87/SXD-KT.'
journal document.issued 'hub=2' 'paper=1'
open /gui-nhan
follow '87/SXD-KT'
see '01 Đã đến' beside 'UBND huyện A'
see '01 Đã đến' beside 'Sở Nội vụ'
see 'Chưa kết nối trục liên thông' beside 'Hội X'
press 'Ghi đã gửi' beside 'Hội X' 'Cách gửi'='Bưu điện, phiếu gửi 0457'
see 'Đã gửi bản giấy' beside 'Hội X'
follow '87/SXD-KT'
follow 'Thông tin'
download '87-SXD-KT.pdf' as goc
pdf valid $goc 2
file $goc has 'phối hợp công bố giá vật liệu' 'Lê Quốc Hùng'

# 6. Hoa finds it with the verdict on both signatures, and registers it the same day.
at 09:50
as hoa
open /den/cho-tiep-nhan
see 'KHẨN' beside '87/SXD-KT'
follow '87/SXD-KT'
see 'Hợp lệ: 2 chữ ký số' 'Lê Quốc Hùng, Giám đốc' 'Sở Xây dựng'
press 'Tiếp nhận' 'Lĩnh vực'='giá xây dựng'
see 'đã tiếp nhận, số đến'
journal document.registered '87'
open '/den/?q=gia+vat+lieu+xay+dung+quy+i'
save 'Số đến' beside '87/SXD-KT' as so
open /
follow 'Trình' beside '87/SXD-KT'
see 'Số đến $so'
press 'Trình lãnh đạo' 'Lãnh đạo'='Nguyễn Văn Khanh, Chủ tịch'
journal document.presented
# The file that arrived is the one that was sent.
open /den/
follow '87/SXD-KT'
follow 'Thông tin'
download 'Tải về 87-SXD-KT.pdf' as ban
pdf valid $ban 2

# Khanh directs: lead, coordinator, deadline, opinion.
at 10:20
as khanh
open /
follow 'Cho ý kiến' beside '87/SXD-KT'
press 'Phân phối' 'Ý kiến chỉ đạo'='Phòng KT&HT khảo sát, gửi số liệu đúng hạn.' 'Chủ trì'='Phòng Kinh tế và Hạ tầng' 'Phối hợp'='Nguyễn Cảnh Thọ' 'Nhận để biết'='Hồ Quang Vinh' 'Hạn xử lý'=13/3/2025
see 'đã phân phối'
journal document.directed

as cuong
open /
follow 'Giao việc' beside '87/SXD-KT'
see 'Phòng KT&HT khảo sát, gửi số liệu đúng hạn.'
press 'Giao việc' 'Người xử lý'='Phùng Tiến Dũng, Chuyên viên' 'Hạn'=11/3/2025
journal document.assigned

# 7. Back at SXD the line has come to 04; the reader at the other agency is not told who works there.
as lan
open /gui-nhan
follow '87/SXD-KT'
see '04 Đã phân công' beside 'UBND huyện A'
see '01 Đã đến' beside 'Sở Nội vụ'

at 4/3/2025 08:30
as dung
open /
follow 'Xử lý' beside '87/SXD-KT'
journal document.opened
as lan
reload
see '05 Đang xử lý' beside 'UBND huyện A'

at 10/3/2025 15:00
as tho
open /
follow '87/SXD-KT'
press 'Báo hoàn thành' 'Kết quả'='Đã cung cấp giá cát, đá.'
as lan
reload
see '05 Đang xử lý' beside 'UBND huyện A'
as dung
press 'Báo hoàn thành'
status 422
see 'Cần ghi kết quả hoặc gắn văn bản trả lời.'
press 'Báo hoàn thành' 'Kết quả'='Đã gửi bảng giá khảo sát quý I.'
journal document.completed 'bảng giá khảo sát'
as hoa
open /
follow 'Kết thúc' beside '87/SXD-KT'
press 'Kết thúc'
journal document.closed

as lan
reload
see '06 Hoàn thành' beside 'UBND huyện A'
download 'Biên nhận' beside 'UBND huyện A' as bn
file $bn has 'vanthu-receipt/1'
follow 'UBND huyện A'
see 'Diễn biến: UBND huyện A' '01 Đã đến' '03 Đã tiếp nhận' '04 Đã phân công' '05 Đang xử lý' '06 Hoàn thành'
notsee '02 Từ chối'
download 'In bảng' as bang
pdf sound $bang
file $bang has '87/SXD-KT' 'UBND huyện A' 'Hội X'
# The other line is where its agency left it.
see '01 Đã đến' beside 'Sở Nội vụ'
