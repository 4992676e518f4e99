# The sender has updated 55 (registered), 60 (not received yet), replaced 70 by
# 71, and sent 80, which nobody can open.
story 'Nơi gửi cập nhật, thay thế văn bản đã gửi; tệp không mở được'  law QD28-9.2 HT33-8.2.iii HT33-12.1

as hoa
open /
see 'Nơi gửi cập nhật, thay thế' 'Tệp không mở được'
see 'Bổ sung phụ lục' beside '55/SXD-QH'
see 'thay thế bằng 71/SXD-QH: Sai căn cứ' beside '70/SXD-QH'
see 'nơi gửi cập nhật: Sửa trang 2' beside '60/SXD-QH'

# What is registered stays; the new file stands beside it.
follow 'Trả lời' beside '55/SXD-QH'
see 'Nơi gửi cập nhật văn bản này' 'Bản đã vào sổ giữ nguyên' 'Cập nhật: phu-luc.pdf'
press 'Từ chối'
status 422
see 'Cần lý do từ chối cập nhật, thay thế.'
nojournal document.change_declined
press 'Đồng ý, giữ bên cạnh bản cũ'
see '55/SXD-QH: Đã đồng ý, báo nơi gửi.'
journal document.change_agreed

open /
follow 'Trả lời' beside '70/SXD-QH'
see 'Nơi gửi thay thế văn bản này bằng văn bản khác' 'Sai căn cứ' 'Mở 71/SXD-QH'
press 'Từ chối' 'Lý do'='Đã thực hiện xong'
journal document.change_declined 'Đã thực hiện xong'

open /den/cho-tiep-nhan
follow '60/SXD-QH'
see 'Sửa trang 2' 'Tệp: cv-gia-1.pdf → cv-gia-2.pdf' 'Đã nhận theo bản mới' 'Bản trước: cv-gia-1.pdf'
press 'Tiếp nhận'
see 'đã tiếp nhận'

open /
follow 'Xem' beside '80/SXD-QH'
see 'hệ thống đã tự trả lời nơi gửi' 'dữ liệu mã hóa bị thay đổi hoặc hỏng' 'Kiểm tra khóa mở tệp mã hóa'
press 'Đã xem'
see '80/SXD-QH: Đã xem.'
journal document.noted
open /
notsee 'Tệp không mở được'
