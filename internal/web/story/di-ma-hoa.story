story 'Phát hành có mã hóa tệp: trục chỉ giữ bản mã, nơi nhận mở ngay khi đến'  law HT33-13.1 HT33-13.2

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

# One tick: everybody on the hub has published a key, so it goes.
as lan
open /
follow 'Phát hành' beside '87/SXD-KT'
see 'Mã hóa tệp' 'chỉ các nơi nhận mở được'
check 'Mã hóa tệp'
press 'Phát hành'
see 'Đã phát hành 87/SXD-KT.'
journal document.issued encrypted
follow '87/SXD-KT'
follow 'Thông tin'
see 'đã mã hóa trên đường truyền'

# The receiver sees an ordinary document: opened, its signatures examined.
as yen
open /den/cho-tiep-nhan
follow '87/SXD-KT'
see 'Hợp lệ: 2 chữ ký số'
press 'Tiếp nhận'
see 'số đến'
open '/den?q=87/SXD-KT'
follow '87/SXD-KT'
follow 'Thông tin'
see 'đã mã hóa trên đường truyền'

as lan
open /gui-nhan
follow '87/SXD-KT'
see '03 Đã tiếp nhận' beside 'Sở Nội vụ'
see '01 Đã đến' beside 'UBND huyện A'
