# What a clerk does to a document that cannot be accepted.
story "Trả lại văn bản hỏng chữ ký" law HT33-8.2.iii

as 'Lan'
open /den
see 'lan' 'Phối hợp rà soát'
see 'Công điện' beside '07/CĐ-UBND'
notsee 'Công điện' beside '120/UBH-VP'
press 'Trả lại' beside '120/UBH-VP'          # an empty reason is refused
status 422
see 'Cần có lý do'
notsee 'Xong'
open /den
press 'Trả lại' Lý do='Chữ ký không hợp lệ'
see 'Xong: document.returned 412' 'Chữ ký không hợp lệ'
journal document.returned 'không hợp lệ'

open /den                                     # the same through a link to the dialog
see 'ngay' beside '07/CĐ-UBND'
press 'Từ chối' Lý do='Gửi nhầm nơi nhận'
journal document.returned 'nhầm'

as hoa                                        # another person, another tab
open /den
see 'Người dùng: hoa'
press 'Tiếp nhận' beside '07/CĐ-UBND'
see 'document.received 413'
as lan                                        # back at the page left behind
see 'document.returned'
as nobody
open /den
see 'khách'
post /den/412/tra-lai ly_do='Gửi tay'
see 'Gửi tay'

# An address is given to somebody else.
as hoa
open /den
here as trang
as lan
open $trang
see 'Người dùng: lan'
