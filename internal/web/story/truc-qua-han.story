# A queue is held back for too long: the operator is told, gives the packet back,
# and its sender reads why and sends it again.
story 'Gói tin chờ quá 72 giờ: cảnh báo, trả nơi gửi, gửi lại'  law HT33-7.4 QD28-8.2 BRVT1842-6.5 BRVT1842-10.4 GL443-13.4

as vh1
open /truc/000.00.12.H99
press 'Tạm giữ hàng đợi' 'Lý do'='Sở Nội vụ thay máy chủ'
see 'Đang tạm giữ' 'Sở Nội vụ thay máy chủ'

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

# The operator sees from whom and to whom, and not what.
as vh1
open /truc/hang-doi
see 'Sở Nội vụ' 'Đang tạm giữ; mở lại khi xong việc.'
open /truc/000.00.12.H99
see 'Văn bản' beside 'Sở Xây dựng'
notsee 'thẩm định giá trị dự toán' 'SXD-KT'

clock +73h
as vh1
open /truc
see 'Sở Nội vụ có gói tin chờ quá 72 giờ'
notsee 'thẩm định giá trị dự toán'
open /thong-bao
see 'Trục liên thông: Sở Nội vụ có gói tin chờ quá 72 giờ'
open /truc/goi-loi
see 'chờ quá 72 giờ, hệ thống nơi nhận chưa lấy' beside 'Sở Nội vụ'
notsee 'thẩm định giá trị dự toán' 'SXD-KT'
press 'Trả nơi gửi' beside 'Sở Nội vụ'
status 422
see 'Ghi lý do; cơ quan gửi đọc được lý do này.'
press 'Trả nơi gửi' beside 'Sở Nội vụ' 'Lý do trả'='Máy chủ chưa chạy lại, đề nghị gửi bản giấy'
see 'Đã trả gói tin về nơi gửi.' 'Không có gói tin lỗi'
open /truc/nhat-ky
see 'Trả gói tin về nơi gửi' 'Máy chủ chưa chạy lại' 'Đinh Công Vinh' 'Tạm giữ hàng đợi' 'Sở Nội vụ thay máy chủ'

# The sender is told, reads why, and sends it again once the receiver is back.
as lan
open /thong-bao
see 'Gửi đi cần theo dõi: Sở Nội vụ: Đơn vị vận hành trục trả lại: Máy chủ chưa chạy lại'
open /gui-nhan
follow 'thẩm định giá trị dự toán'
see 'Lỗi gửi' 'Đơn vị vận hành trục trả lại: Máy chủ chưa chạy lại' beside 'Sở Nội vụ'
press 'Gửi lại' beside 'Sở Nội vụ'
see 'Đã lên trục' beside 'Sở Nội vụ'
notsee 'Lỗi gửi'
as vh1
open /truc/000.00.12.H99
press 'Mở lại hàng đợi' 'Lý do'='Máy chủ mới đã chạy'
see 'Đã mở lại hàng đợi' 'Không có gói tin nào chờ.'
as yen
open /den/cho-tiep-nhan
see 'thẩm định giá trị dự toán'
