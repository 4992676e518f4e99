story 'SNV từ chối văn bản hỏng chữ ký; nơi gửi thấy 02 với lý do, bổ sung gửi lại; văn bản đã ký hỏng không ký số cơ quan được'  law HT33-8.2.i HT33-8.2.iii ND30-21.2a QD28-5.4 ND30-32.2 HT33-10.2.i

# 73/STTTT-VP was changed between its signing and its sending.
at 3/3/2025 08:05
as yen
open /den/cho-tiep-nhan
see 'Xem và trả lại' beside '73/STTTT-VP'
follow '73/STTTT-VP'
see 'Không hợp lệ' 'Ý 3 khoản 2 Điều 8 QĐ 33/2019'
# It cannot be taken in, by its button or past it.
press 'Tiếp nhận'
status 422
see 'Không tiếp nhận được' 'Trả lại nơi gửi kèm lý do'
nojournal document.registered
# The verdict stands in the reason already; without any it is not sent.
press 'Trả lại' 'Lý do'=''
status 422
see 'Cần lý do trả lại'
nojournal document.returned
press 'Trả lại' 'Lý do'='Chữ ký không khớp với nội dung tệp'
see 'Đã trả lại nơi gửi.'
journal document.returned 'Chữ ký không khớp'
open /den/cho-tiep-nhan
notsee '73/STTTT-VP'
open /so/den
notsee '73/STTTT-VP'
open '/den/?tinh-trang=tra-lai'
see 'Đã trả lại' beside '73/STTTT-VP'

# The sender has it on the desk, with the reason.
as hanh
open /
see 'Sở Nội vụ: 02 Từ chối, Chữ ký không khớp' beside '73/STTTT-VP'
open /gui-nhan
follow 'Xem lý do' beside '73/STTTT-VP'
see '02 Từ chối' 'Chữ ký không khớp với nội dung tệp' beside 'Sở Nội vụ'
download 'Biên nhận' beside 'Sở Nội vụ' as bn
file $bn has 'vanthu-receipt/1'
follow 'Sở Nội vụ'
see '02 Từ chối' 'Chữ ký không khớp với nội dung tệp'
# What may be sent instead is a new document, for the one that refused.
follow 'Bổ sung và gửi lại' beside 'Sở Nội vụ'
see 'Bổ sung, gửi lại văn bản' '73/STTTT-VP'

# The other recipient's line is untouched.
as lan
open /den/cho-tiep-nhan
see '73/STTTT-VP'

# A draft that came signed already and was changed since: the agency does not put its seal on it.
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/da-ky-bi-sua.pdf
press 'Lưu và trình' 'Trích yếu'='V/v góp ý dự thảo quy chế quản lý công viên cây xanh' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='Sở Nội vụ'
journal document.submitted
as thu
open /
follow 'công viên cây xanh'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'công viên cây xanh'
press 'Thể thức đạt'
as hung
open /
follow 'công viên cây xanh'
press 'Duyệt và ký'
journal document.signed
as lan
open /
follow 'Cấp số' beside 'công viên cây xanh'
press 'Cấp số'
see 'Đã cấp số'
press 'Ký số cơ quan'
status 409
see 'Chữ ký của người có thẩm quyền không hợp lệ, không ký số cơ quan được'
nojournal document.sealed
# The number stays in the book with the reason.
press 'Hủy số' 'Lý do'='Tệp bị sửa sau khi ký; Giám đốc cho hủy'
journal document.number_voided 'Tệp bị sửa'
