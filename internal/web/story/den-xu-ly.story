story 'Văn bản đến: tiếp nhận, trình, chỉ đạo, giao việc, xử lý, kết thúc'  law HT33-8.1 HT33-8.2.i ND30-22 ND30-23 HT33-9.i HT33-9.ii HN20-7.1.b

at 3/3/2025 08:05
as lan
open /
see 'Chờ tiếp nhận' '120/UBH-VP'
follow 'Tiếp nhận' beside '120/UBH-VP'
see 'Hợp lệ: 2 chữ ký số' 'Nguyễn Văn Khanh, Chủ tịch'

# What is missing is named, and nothing typed is lost.
press 'Tiếp nhận' 'Trích yếu'='' 'Lĩnh vực'='quy hoạch'
status 422
see 'Cần có trích yếu.' 'quy hoạch'

press 'Tiếp nhận' 'Trích yếu'='V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025'
see 'đã tiếp nhận, số đến 413'
journal document.registered '413'

open /
notsee 'Tiếp nhận' beside '120/UBH-VP'
follow 'Trình' beside '120/UBH-VP'
press 'Trình lãnh đạo' 'Lãnh đạo'='Lê Quốc Hùng, Giám đốc' 'Ghi chú'='Hồ sơ đủ'
see 'đã trình lãnh đạo'
journal document.presented

as hung
open /
see 'Chờ cho ý kiến'
follow 'Cho ý kiến' beside '120/UBH-VP'
press 'Phân phối'
status 422
see 'Cần có ý kiến chỉ đạo.'
press 'Phân phối' 'Ý kiến chỉ đạo'='Phòng QH tham mưu văn bản góp ý.' 'Chủ trì'='Phòng Quy hoạch' 'Phối hợp'='Nguyễn Hoài An' 'Nhận để biết'='Đặng Tuyết Mai' 'Hạn xử lý'=10/3/2025
see 'đã phân phối'
journal document.directed 'Phòng Quy hoạch'

as son
open /cong-viec
see '120/UBH-VP' '1 việc đang mở'
open /
follow 'Giao việc' beside '120/UBH-VP'
see 'Phòng QH tham mưu văn bản góp ý.'
press 'Giao việc' 'Người xử lý'='Trương Thanh Bình, Chuyên viên' 'Hạn'=12/3/2025
status 422
see 'Hạn trong đơn vị không được sau hạn'
press 'Giao việc' 'Hạn'=7/3/2025
see 'đã giao việc'
journal document.assigned 'Trương Thanh Bình'

as mai
open /
follow 'Đọc' beside '120/UBH-VP'
press 'Đã đọc'
see 'Đã đọc'

as binh
open /
follow 'Xử lý' beside '120/UBH-VP'
journal document.opened
see 'Đang xử lý'
press 'Ghi tiến độ' 'Tiến độ'='Đã đi thực địa'
see 'Đã ghi tiến độ' 'Đã đi thực địa'
press 'Báo hoàn thành'
status 422
see 'Cần ghi kết quả hoặc gắn văn bản trả lời.'
press 'Báo hoàn thành' 'Kết quả'='Đã góp ý bằng văn bản'
see 'đã báo hoàn thành'
journal document.completed 'Đã góp ý bằng văn bản'

as lan
open /
follow 'Kết thúc' beside '120/UBH-VP'
press 'Kết thúc'
journal document.closed
open '/den/?q=quy+hoach+cum'
see 'Kết thúc' beside '120/UBH-VP'
follow '120/UBH-VP'
follow 'Luồng'
see 'Đến từ trục liên thông' 'Vào sổ đến số 413' 'Ý kiến chỉ đạo' 'Giao việc' 'Trương Thanh Bình'
follow 'Chữ ký'
see 'UBND huyện A' 'hợp lệ, có dấu thời gian' 'Thử nghiệm (không có giá trị ở ngoài bản trình diễn)'
see 'Không thêm gì sau chữ ký cuối' 'Người ký trước, cơ quan ký sau' 'Đủ chữ ký người và cơ quan' 'Chữ ký cơ quan là của nơi gửi' 'Người ký đúng như nơi gửi ghi'
see 'Tải biên bản kiểm tra'
follow 'Tải biên bản kiểm tra'
see '"verdict":"valid"' '"sender"'
open /den/
follow '120/UBH-VP'
follow 'Lịch sử'
see 'Báo hoàn thành' 'Đã góp ý bằng văn bản'
