story 'Giờ, trục và trang tự đổi'
at 3/3/2025 08:05
as lan
open /cho
see '08:05 03/03/2025' 'trục true'
clock +2h
hub stop
wait 'Đã đến' 5s
see '10:05' 'trục false'
hub start
unread '000.00.12.H99' 'sai định dạng'
reload
see '000.00.12.H99: sai định dạng'
at 07:00
clock +3d
reload
see '07:00 06/03/2025' 'trục true'
open /tu-choi
status 409
see 'Không cấp số lại được'
open /den
download 'Xuất CSV' as bang
file $bang has '120,UBH-VP'
file $bang lacks 'Sở Nội vụ'
save 'Ký hiệu' beside 'Phối hợp' as kyhieu
follow 'Xem $kyhieu'
see 'Văn bản 412'
show
