story 'Bảng gửi nhận: từng nơi nhận, biên nhận, bản giấy, thu hồi'  law HT33-10.2.i HT33-7.4 ND30-18.4 BRVT1842-6.5 GL443-3.4.ii

at 3/3/2025 08:05
as lan
open /gui-nhan
see 'có nơi nhận gửi bản giấy' beside '85/SXD-QH'
see 'Hoàn thành' beside '84/TB-SXD'
follow 'Ghi sổ bưu điện' beside '85/SXD-QH'
see '03 Đã tiếp nhận' beside 'UBND huyện A'
see 'Gửi bản giấy' beside 'Hội X'
# How it went is asked for; the other lines have no such form.
press 'Ghi đã gửi' beside 'Hội X'
status 422
see 'Ghi cách gửi: bưu điện, trực tiếp, số phiếu gửi.'
press 'Ghi đã gửi' beside 'Hội X' 'Cách gửi'='Bưu điện, phiếu 0123'
see 'Đã ghi gửi bản giấy.' 'Bưu điện, phiếu 0123'
journal document.paper_sent 'Bưu điện, phiếu 0123'
see 'Đã gửi bản giấy' beside 'Hội X'

# Each step has the hub's signed receipt.
download 'Biên nhận' beside 'UBND huyện A' as bn
file $bn has 'vanthu-receipt/1'
follow 'UBND huyện A'
see 'Diễn biến: UBND huyện A' 'Trục đã nhận gói tin' '01 Đã đến' '03 Đã tiếp nhận'
download 'In bảng' as bang
pdf sound $bang

press 'Thu hồi'
status 422
see 'Cần lý do thu hồi và ý kiến của lãnh đạo.'
press 'Thu hồi' 'Lý do'='Sai số liệu phụ lục, Giám đốc đồng ý thu hồi'
see 'Đã gửi yêu cầu thu hồi.' '13 Yêu cầu thu hồi'
journal document.recall_asked 'Sai số liệu'
notsee 'Thu hồi văn bản'

# Who has no part in it sees nothing.
as an
open /gui-nhan
notsee '85/SXD-QH'
