story 'Thu hồi: nơi chưa tiếp nhận tự đồng ý và hủy nội dung, nơi đã vào sổ từ chối có lý do; hai phía không sửa được nữa'  law ND30-18.4 QD28-9.2 ND30-PL6.III.8a ND30-PL6.III.8b ND30-PL6.III.8c ND30-15 ND30-18.1

at 3/3/2025 13:05
as lan
open /
follow 'Cấp số' beside 'thẩm định giá trị dự toán công trình kè'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open /
follow 'thẩm định giá trị dự toán công trình kè'
press 'Đạt, cho phát hành'
as lan
open /
follow 'Phát hành' beside '87/SXD-KT'
press 'Phát hành'
see 'Đã phát hành 87/SXD-KT.'
journal document.issued

# UBND huyện A takes it in, Sở Nội vụ does not yet.
as hoa
open /
follow 'Tiếp nhận' beside '87/SXD-KT'
press 'Tiếp nhận'
see 'số đến'
as yen
open /den/cho-tiep-nhan
follow '87/SXD-KT'
follow 'Thông tin'
download 'Tải về 87-SXD-KT.pdf' as truoc
pdf valid $truoc 2

# A recall needs its reason; an official of another unit cannot even find the page.
at 14:00
as lan
open /gui-nhan
follow '87/SXD-KT'
press 'Thu hồi'
status 422
see 'Cần lý do thu hồi và ý kiến của lãnh đạo.'
nojournal document.recall_asked
press 'Thu hồi' 'Lý do'='Nhầm phụ lục dự toán; Giám đốc đồng ý thu hồi'
see 'Đã gửi yêu cầu thu hồi.'
see '15 Đồng ý thu hồi' beside 'Sở Nội vụ'
see '13 Yêu cầu thu hồi' beside 'UBND huyện A'
journal document.recall_asked 'Nhầm phụ lục'

# At Sở Nội vụ only the data of the recall are left.
as yen
open /den/cho-tiep-nhan
notsee '87/SXD-KT'
open '/den/?q=ke+bac+song'
follow '87/SXD-KT'
see 'Văn bản đã được thu hồi.' 'Nội dung đã được hủy'
notsee 'Tiếp nhận và trình'
journal document.recalled 'Nhầm phụ lục dự toán'

# UBND huyện A has begun to work on it and declines.
as hoa
open /
follow 'Trả lời' beside '87/SXD-KT'
see 'Sở Xây dựng yêu cầu thu hồi văn bản này.' 'Nhầm phụ lục dự toán'
press 'Từ chối thu hồi'
status 422
see 'Cần lý do từ chối thu hồi.'
nojournal document.recall_declined
press 'Từ chối thu hồi' 'Lý do'='Huyện đã chuyển chủ đầu tư, đề nghị gửi văn bản thay thế'
journal document.recall_declined 'đã chuyển chủ đầu tư'
open '/den/?q=ke+bac+song'
follow '87/SXD-KT'
follow 'Thông tin'
download 'Tải về 87-SXD-KT.pdf' as con
pdf valid $con 2

# The sender sees both answers and can change nothing any more.
as lan
open /
see 'UBND huyện A: từ chối thu hồi, Huyện đã chuyển chủ đầu tư' beside '87/SXD-KT'
open /gui-nhan
follow '87/SXD-KT'
see 'từ chối thu hồi: Huyện đã chuyển chủ đầu tư' beside 'UBND huyện A'
notsee 'Thu hồi văn bản'
follow 'UBND huyện A'
see '03 Đã tiếp nhận' '13 Yêu cầu thu hồi' '16 Từ chối thu hồi'
follow '87/SXD-KT'
see 'Đã yêu cầu thu hồi.' 'Văn bản không sửa được nữa'
notsee 'Hủy số' 'Phát hành'
open /so/di
see 'Đã thu hồi' beside '87/SXD-KT'
