story 'Trả lời một văn bản đến: văn bản trả lời đi, việc hoàn thành bằng nó, hai bên thấy hai văn bản nối với nhau'  law HT33-9.ii ND30-24 ND30-10 ND30-18.1 GL443-9.2 BRVT1842-6.5

at 3/3/2025 08:05
as lan
open /
follow 'Tiếp nhận' beside '120/UBH-VP'
press 'Tiếp nhận và trình' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
journal document.presented
as hung
open /
follow 'Cho ý kiến' beside '120/UBH-VP'
press 'Phân phối' 'Ý kiến chỉ đạo'='Đồng chí Bình tham mưu văn bản trả lời.' 'Chủ trì'='Trương Thanh Bình' 'Hạn xử lý'=7/3/2025
journal document.directed
as binh
open /
follow 'Xử lý' beside '120/UBH-VP'
follow 'Soạn văn bản trả lời'
see 'Trả lời văn bản' '120/UBH-VP' 'V/v trả lời Công văn số 120/UBH-VP' 'UBND huyện A'
upload 'Văn bản chính' testdata/cv-thu-hoi.pdf
press 'Lưu và trình' 'Người ký'='Lê Quốc Hùng, Giám đốc'
see 'Đã lưu dự thảo. Đã trình.'
journal document.submitted
at 4/3/2025 09:00
as son
open /
follow 'Duyệt nội dung' beside 'trả lời Công văn số 120/UBH-VP'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'trả lời Công văn số 120/UBH-VP'
press 'Thể thức đạt'
as hung
open /
follow 'trả lời Công văn số 120/UBH-VP'
press 'Duyệt và ký'
as lan
open /
follow 'Cấp số' beside 'trả lời Công văn số 120/UBH-VP'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open /
follow 'trả lời Công văn số 120/UBH-VP'
press 'Đạt, cho phát hành'
as lan
open /
follow 'Phát hành' beside 'trả lời Công văn số 120/UBH-VP'
press 'Phát hành'
see 'Đã phát hành 87/SXD-QH.'
journal document.issued '87/SXD-QH'

# Bình reports with the answer itself: no other words are needed.
as binh
open /
follow 'Xử lý' beside '120/UBH-VP'
press 'Báo hoàn thành' 'Văn bản trả lời'='87/SXD-QH V/v trả lời Công văn số 120/UBH-VP ngày 28/02/2025'
journal document.completed
as lan
open /
follow 'Kết thúc' beside '120/UBH-VP'
press 'Kết thúc'
journal document.closed

# Huyện A: its own document is done, and the answer that came says what it answers.
as hoa
open '/di/?q=120/UBH-VP'
follow '120/UBH-VP'
follow 'Bảng gửi nhận'
see '06 Hoàn thành' beside 'Sở Xây dựng'
open /den/cho-tiep-nhan
follow '87/SXD-QH'
see 'Hợp lệ: 2 chữ ký số'
follow 'Thông tin'
see 'Trả lời văn bản: 120/UBH-VP'
follow 'Trả lời văn bản: 120/UBH-VP'
see '120/UBH-VP' 'Đã phát hành'
