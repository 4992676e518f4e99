# A receiver's system could read nothing for a while: once it is mended, the
# operator sends all of it again in one act, and it arrives in its order.
story 'Gói tin lỗi: gửi lại tất cả của một nơi nhận'  law BRVT1842-6.5 BRVT1842-10.4

at 3/3/2025 08:05
as vh1
open /truc/000.00.12.H99
press 'Tạm giữ hàng đợi' 'Lý do'='Sở Nội vụ nâng cấp phần mềm'
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/du-thao.pdf
press 'Lưu và trình' 'Trích yếu'='V/v bổ sung số liệu quy hoạch' 'Lĩnh vực'='quy hoạch' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='Sở Nội vụ'
as thu
open /du-thao
follow 'V/v bổ sung số liệu quy hoạch'
press 'Đồng ý, chuyển tiếp'
as phuc
open /du-thao
follow 'V/v bổ sung số liệu quy hoạch'
press 'Thể thức đạt'
as hung
open /ky-so
check 'Chọn SXD-KT V/v bổ sung số liệu quy hoạch'
press 'Ký'
press 'Ký 1 văn bản'
wait 'Đã ký 1 / 1 văn bản'
as lan
open '/di/?loai=cho-cap-so'
follow 'thẩm định giá trị dự toán'
press 'Cấp số'
press 'Ký số cơ quan'
open '/di/?loai=cho-cap-so'
follow 'V/v bổ sung số liệu quy hoạch'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open '/di/?loai=cho-phat-hanh'
follow 'thẩm định giá trị dự toán'
press 'Đạt, cho phát hành'
open '/di/?loai=cho-phat-hanh'
follow 'V/v bổ sung số liệu quy hoạch'
press 'Đạt, cho phát hành'
as lan
open '/di/?loai=cho-phat-hanh'
follow 'thẩm định giá trị dự toán'
press 'Phát hành'
see 'Đã phát hành'
open '/di/?loai=cho-phat-hanh'
follow 'V/v bổ sung số liệu quy hoạch'
press 'Phát hành'
see 'Đã phát hành'

unread 000.00.12.H99 'phần mềm mới chưa đọc được gói tin'

as vh1
open /truc/goi-loi
see 'Gửi lại mọi gói tin lỗi của Sở Nội vụ'
# Without a word on what was mended nothing is sent.
press 'Gửi lại tất cả'
status 422
see 'Ghi đã sửa gì'
press 'Gửi lại tất cả' 'Đã sửa gì'='Phần mềm nơi nhận đã sửa'
see 'Đã đưa 2 gói tin trở lại hàng đợi của nơi nhận.' 'Không có gói tin lỗi'
open /truc/nhat-ky
see 'Gửi lại gói tin lỗi' 'Phần mềm nơi nhận đã sửa' 'Đinh Công Vinh'
open /truc/000.00.12.H99
press 'Mở lại hàng đợi' 'Lý do'='Phần mềm đã sửa'
as yen
open /den/cho-tiep-nhan
wait 'V/v bổ sung số liệu quy hoạch'
see 'thẩm định giá trị dự toán'
