# The receiver's system cannot read a packet: the operator is told, has it
# mended, sends the packet again, and it arrives; the sender sees both.
story 'Gói tin lỗi: cảnh báo, gửi lại, đến nơi'  law BRVT1842-6.5 BRVT1842-10.4 GL443-13.4 HN20-10.1.d

as vh1
open /truc/000.00.12.H99
press 'Tạm giữ hàng đợi' 'Lý do'='Sở Nội vụ nâng cấp phần mềm'
as lan
open '/di/?loai=cho-cap-so'
follow 'thẩm định giá trị dự toán'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open '/di/?loai=cho-phat-hanh'
follow 'thẩm định giá trị dự toán'
press 'Đạt, cho phát hành'
as lan
open '/di/?loai=cho-phat-hanh'
follow 'thẩm định giá trị dự toán'
press 'Phát hành'
see 'Đã phát hành'

unread 000.00.12.H99 'phần mềm mới chưa đọc được gói tin'

# The bell leads to the console, where the reason stands beside the next step.
as vh1
open /thong-bao
see 'Trục liên thông: Sở Nội vụ báo không đọc được 1 gói tin'
follow 'Bảng điều hành' beside 'Sở Nội vụ báo không đọc được'
see 'Hàng đợi' 'Sở Nội vụ'
open /truc
see 'Sở Nội vụ báo không đọc được 1 gói tin. Gửi lại khi phần mềm nơi nhận đã sửa, hoặc trả nơi gửi.'
notsee 'thẩm định giá trị dự toán' 'SXD-KT'
follow 'Xử lý'
see 'phần mềm mới chưa đọc được gói tin' beside 'Sở Nội vụ'
notsee 'thẩm định giá trị dự toán' 'SXD-KT'
as lan
open /gui-nhan
follow 'thẩm định giá trị dự toán'
see 'Lỗi gửi' 'phần mềm mới chưa đọc được gói tin' beside 'Sở Nội vụ'

# Mended: resent, let through, and it arrives.
as vh1
open /truc/goi-loi
press 'Gửi lại' beside 'Sở Nội vụ'
see 'Đã đưa gói tin trở lại hàng đợi của nơi nhận.' 'Không có gói tin lỗi'
open /truc/000.00.12.H99
press 'Mở lại hàng đợi' 'Lý do'='Phần mềm đã sửa'
see 'Đã mở lại hàng đợi' 'Không có gói tin nào chờ.'
open /truc/nhat-ky
see 'Gửi lại gói tin lỗi' 'Mở lại hàng đợi' 'Phần mềm đã sửa' 'Đinh Công Vinh'
open /truc
notsee 'báo không đọc được'
as yen
open /den/cho-tiep-nhan
see 'thẩm định giá trị dự toán'
as lan
open /gui-nhan
follow 'thẩm định giá trị dự toán'
see 'Đã đến' beside 'Sở Nội vụ'
notsee 'Lỗi gửi'
