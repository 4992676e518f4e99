# The directory's day: a commune is entered, tried, made official; another is
# merged into it; a file brings more and names the line that it leaves out.
story 'Danh bạ của trục: thêm, thử nghiệm, chính thức, sáp nhập, nhập tệp'  law BRVT1842-10.3 BRVT1842-11.2 HT33-20.2 GL443-10.3 HT33-12.2

as vh1
open /truc/danh-ba/moi
press 'Lưu' 'Mã định danh'='khong dung' 'Tên cơ quan'='UBND xã C'
status 422
see 'không đúng dạng' 'UBND xã C'
press 'Lưu' 'Mã định danh'='000.03.31.H99' 'Mã ở hệ mã kia'='H99.31.03' 'Ký hiệu'='UBXC' 'Mã cơ quan cấp trên'='000.00.31.H99'
see 'Đã vào danh bạ.' 'UBND xã C' 'Chưa liên thông' '0 trên 6 điều kiện'

press 'Chuyển trạng thái' 'Chuyển sang'='Bắt đầu thử nghiệm' 'Số quyết định hoặc lý do'='QĐ 20/QĐ-STTTT'
see 'Thử nghiệm' 'Hết thử nghiệm' '03/05/2025' 'QĐ 20/QĐ-STTTT'
press 'Chuyển trạng thái' 'Chuyển sang'='Liên thông chính thức'
status 409
see 'UBND xã C chưa đủ điều kiện liên thông chính thức.' 'Khóa kết nối đang có hiệu lực'
press 'Gia hạn' 'Đến ngày'=3/9/2025 'Lý do gia hạn'='chưa có đường truyền'
status 422
see 'Ngày gia hạn phải sau'

# The key is in this answer and nowhere else.
press 'Cấp khóa mới' 'Cấp cho'='phần mềm của xã, CV 12/UBXC'
see 'Khóa chỉ hiện một lần này.' 'phần mềm của xã, CV 12/UBXC' '1 trên 6 điều kiện'
open /truc/000.03.31.H99
notsee 'Khóa chỉ hiện một lần này.'

# It was copied wrongly: another is given, and the old one taken back with the reason.
press 'Cấp khóa mới' 'Cấp cho'='phần mềm của xã, cấp lại'
press 'Thu hồi các khóa cũ'
status 422
see 'Cần ghi lý do thu hồi khóa'
press 'Thu hồi các khóa cũ' 'Lý do thu hồi'='Chép nhầm khóa, đã cấp khóa khác'
see 'Đã thu hồi khóa kết nối.' 'Đã thu hồi' 'Chép nhầm khóa, đã cấp khóa khác' '1 trên 6 điều kiện'
press 'Xác nhận' beside 'Phần mềm quản lý văn bản thống nhất'
status 422
see 'Cần ghi căn cứ'
press 'Xác nhận' beside 'Phần mềm quản lý văn bản thống nhất' 'Căn cứ'='BB 01 ngày 01/3/2025'
press 'Xác nhận' beside 'Văn thư và đầu mối kỹ thuật đã được hướng dẫn' 'Căn cứ'='BB 02'
press 'Xác nhận' beside 'Cách gửi bản giấy' 'Căn cứ'='CV 13'
press 'Xác nhận' beside 'Đã gửi và nhận được gói tin' 'Căn cứ'='BB thử 03'
follow 'Sửa thông tin'
press 'Lưu' 'Đầu mối kỹ thuật'='Bà Tư, 0900 000 003'
see '6 trên 6 điều kiện' 'BB thử 03' 'Bà Tư'
press 'Chuyển trạng thái' 'Chuyển sang'='Liên thông chính thức'
see 'Đã chuyển: Chính thức.'

# Merger: looked at first, nothing has changed then.
open /truc/danh-ba/sap-xep?ma=000.02.31.H99
press 'Xem trước' 'Mã cơ quan tiếp nhận'='000.03.31.H99'
status 422
see 'Cần ghi số, ngày của quyết định.'
press 'Xem trước' 'Số, ngày quyết định'='NQ 60/NQ-HĐND'
see 'Sẽ thực hiện' 'UBND xã C (000.03.31.H99)' 'UBND xã B' 'Chưa có gì thay đổi.'
press 'Thực hiện quyết định'
see 'Đã thực hiện quyết định.' 'UBND xã C' '000.02.31.H99' 'H99.31.02'
open /truc/000.02.31.H99
see 'Đã đóng' 'Cơ quan kế tục' 'NQ 60/NQ-HĐND'
notsee 'Tạm giữ hàng đợi'

# A file: seen first, then entered; the bad line is named.
open /truc/danh-ba/nhap
upload 'Tệp danh bạ' testdata/danh-ba.csv
press 'Xem trước'
see '2 cơ quan mới' 'UBND xã D' 'Cột không dùng: ghi chu' 'Cơ quan 000.05.31.H99 cần có tên.'
press 'Nhập vào danh bạ'
wait 'Đã nhập danh-ba.csv'
see '2 cơ quan đã vào danh bạ' '1 dòng bị từ chối' 'Cơ quan 000.05.31.H99 cần có tên.'
open '/truc/danh-ba?q=xa+d'
see 'UBND xã D'
notsee 'UBND xã B'
download 'Xuất CSV' as tep
file $tep has '000.04.31.H99'
