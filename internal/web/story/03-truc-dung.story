story 'Trục dừng khi phát hành: không mất, không gửi hai lần, tự gửi khi thông; trạng thái trả về cũng vậy'  law HT33-10.2.i BRVT1842-3.3 ND30-18.1 HT33-10.1.d ND30-PL6.III.1e

at 3/3/2025 09:00
as lan
open /
follow 'Cấp số' beside 'thẩm định giá trị dự toán công trình kè'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open /
follow 'thẩm định giá trị dự toán công trình kè'
press 'Đạt, cho phát hành'

# The line to the hub is cut. Issuing does not wait for it.
hub stop
as lan
open /
follow 'Phát hành' beside '87/SXD-KT'
press 'Phát hành'
see 'Đã phát hành 87/SXD-KT.'
journal document.issued
open /gui-nhan
follow '87/SXD-KT'
see 'Chờ gửi' beside 'UBND huyện A'
see 'tự gửi khi thông trục' beside 'Sở Nội vụ'
as hoa
open /den/cho-tiep-nhan
notsee '87/SXD-KT'

# An hour later the clerk sees that something waits, and since when.
at 10:05
as lan
open /gui-nhan
see '1 gói tin chờ gửi' 'Hệ thống tự gửi khi thông trục; không cần gửi lại.'
see 'Trục: 1 gói chờ gửi'
nojournal document.sent

# It comes back: everything goes by itself, once.
hub start
as lan
open /gui-nhan
see 'Trục: thông suốt'
notsee 'gói tin chờ gửi'
follow '87/SXD-KT'
see '01 Đã đến' beside 'UBND huyện A'
see '01 Đã đến' beside 'Sở Nội vụ'
journal document.sent
nojournal document.sent
as yen
open /den/cho-tiep-nhan
follow '87/SXD-KT'
see 'Hợp lệ: 2 chữ ký số'

# The receiver's answer finds the line cut as well: it is registered all the same.
hub stop
press 'Tiếp nhận'
see 'số đến'
as lan
open /gui-nhan
follow '87/SXD-KT'
see '01 Đã đến' beside 'Sở Nội vụ'
hub start
reload
see '03 Đã tiếp nhận' beside 'Sở Nội vụ'
download 'Biên nhận' beside 'Sở Nội vụ' as bn
file $bn has 'vanthu-receipt/1'
