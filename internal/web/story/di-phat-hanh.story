story 'Văn bản đi: soạn, duyệt hai cấp, ký, cấp số, ký số cơ quan, phát hành'  law ND30-10 ND30-12.1 ND30-12.2 ND30-13 ND30-15 ND30-18.1 HT33-10.1.a HT33-10.1.b HT33-10.1.c.i HT33-10.1.c.ii HT33-10.1.d HN20-7.1.d HT33-7.4

at 3/3/2025 08:05
as an
open /du-thao/moi
# Every missing field is named, and nothing typed is lost.
press 'Lưu dự thảo' 'Trích yếu'='V/v cung cấp số liệu quy hoạch cụm công nghiệp'
status 422
see 'Chọn người ký.' 'Chọn ít nhất một nơi nhận.' 'Tải lên văn bản chính' 'cung cấp số liệu quy hoạch'
upload 'Văn bản chính' testdata/du-thao.pdf
upload 'Phụ lục' testdata/phu-luc.pdf
press 'Lưu và trình'
    'Lĩnh vực'='quy hoạch'
    'Người ký'='Lê Quốc Hùng, Giám đốc'
    'Nơi nhận'='UBND huyện A; UBND xã B; Hội X'
    'Nơi nhận khác'='Công ty Bắc Sông'
see 'Đã lưu dự thảo. Đã trình.' 'Đang ở Phòng Kinh tế xây dựng' 'duyệt nội dung'
journal document.submitted
# The drafter waits: he has nothing to press.
notsee 'Đồng ý, chuyển tiếp'

as thu
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
see 'Chờ duyệt nội dung' '4 nơi nhận · 1 phụ lục'
press 'Đồng ý, chuyển tiếp' 'Ý kiến'='Số liệu đúng, kính trình.'
journal document.content_passed 'Số liệu đúng'

as phuc
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
see 'Khổ giấy: A4.' 'Trích yếu: Khớp với hệ thống.' 'Đủ chỗ cho số, ngày và hai chữ ký'
press 'Thể thức đạt'
journal document.form_passed

as hung
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
see 'Chứng thư của ông/bà còn hiệu lực đến' 'Vị trí ký: trên tên người ký, trang 1.' 'Số liệu đúng, kính trình.'
press 'Duyệt và ký'
see 'Đã duyệt và ký SXD-KT.'
journal document.signed

# The clerk numbers and seals one after the other, then the chief looks last.
as lan
open '/di/?loai=cho-cap-so'
follow 'V/v cung cấp số liệu quy hoạch'
see 'Số tiếp theo: 87/SXD-KT' '03/03/2025'
press 'Cấp số'
see 'Đã cấp số 87/SXD-KT.' 'Chứng thư của cơ quan còn hiệu lực đến'
press 'Ký số cơ quan'
see 'Đã ký số cơ quan trên 87/SXD-KT.'
journal document.sealed

as phuc
open '/di/?loai=cho-phat-hanh'
follow '87/SXD-KT'
see 'Chữ ký người ký và chữ ký số cơ quan hợp lệ' 'Số, ký hiệu 87/SXD-KT' '1 phụ lục, 1 tệp PDF đã ký số cơ quan'
press 'Đạt, cho phát hành'
see '87/SXD-KT đạt, đã cho phát hành.'

as lan
open '/di/?loai=cho-phat-hanh'
follow '87/SXD-KT'
see 'qua trục liên thông' 'Ngoài danh bạ liên thông' 'Chưa kết nối trục liên thông'
press 'Phát hành'
see 'Đã phát hành 87/SXD-KT.' '4 nơi nhận' 'Ghi đã gửi'
journal document.issued
follow '87/SXD-KT'
see 'Đã phát hành'
follow 'Luồng'
see 'Soạn thảo' 'Duyệt nội dung' 'Kiểm tra thể thức' 'Duyệt, ký' 'Cấp số, dấu' 'Phát hành'
follow 'Chữ ký'
see 'Lê Quốc Hùng' 'Sở Xây dựng' 'Nội dung nguyên vẹn từ khi ký' 'Có dấu thời gian' 'Thử nghiệm (không có giá trị ở ngoài bản trình diễn)'
see 'Không thêm gì sau chữ ký cuối' 'Người ký trước, cơ quan ký sau'
follow 'Thông tin'
see 'Nguyễn Hoài An, Phòng Kinh tế xây dựng' 'ngoài danh bạ: bản giấy' 'phụ lục đã ký số'
see 'chưa ghi; in 3 bản: 1 lưu, 2 gửi'
download '87-SXD-KT.pdf' as goc
pdf valid $goc 2

# The clerk prints and seals the paper original, and says where it is kept.
follow 'Xử lý'
press 'Ghi bản giấy lưu'
status 422
see 'Ghi nơi lưu bản giấy: tập lưu, cặp, hộp.'
press 'Ghi bản giấy lưu' 'Nơi lưu'='Tập lưu công văn 2025, cặp 3'
see 'Đã ghi bản giấy lưu của 87/SXD-KT.'
journal document.paper_kept 'Tập lưu công văn 2025, cặp 3'
follow 'Thông tin'
see 'Tập lưu công văn 2025, cặp 3 · Trần Thị Lan'

# Somebody outside its way does not learn that it exists.
as binh
open '/di/?q=cung+cap+so+lieu'
notsee '87/SXD-KT'
