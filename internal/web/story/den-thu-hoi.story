story 'Thu hồi văn bản đã vào sổ: văn thư trả lời, nội dung bị hủy, dòng sổ còn'  law ND30-18.4 QD28-9.2 ND30-PL6.III.8b

at 3/3/2025 08:05
# The letter of UBND huyện A is in the register: the clerk decides.
as lan
open /
follow 'Tiếp nhận' beside '120/UBH-VP'
press 'Tiếp nhận'
see 'đã tiếp nhận'

as hoa
open /di/
follow '120/UBH-VP'
press 'Thu hồi' 'Lý do'='Sai thẩm quyền'
journal document.recall_asked 'Sai thẩm quyền'

as lan
open /
follow 'Trả lời' beside '120/UBH-VP'
see 'yêu cầu thu hồi văn bản này' 'Sai thẩm quyền'
press 'Từ chối thu hồi'
status 422
see 'Cần lý do từ chối thu hồi.'
press 'Đồng ý thu hồi'
see 'Đã đồng ý thu hồi'
journal document.recalled
open '/den/?tinh-trang=tra-lai'
follow '120/UBH-VP'
see 'Văn bản đã được thu hồi.' 'Nội dung đã được hủy' 'Số đến 413'
notsee 'Mở tệp PDF'
