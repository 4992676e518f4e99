story 'Văn bản giấy: quét, ký bản sao, trình; chưa ký thì chưa trình'  law HT33-8.1 HT33-11.4.a ND30-25 ND30-PL1.I.2 HT33-4.1

# A scan too coarse is refused, with what is needed; nothing of it enters the book.
at 3/3/2025 16:40
as lan
open /den/dang-ky
upload 'Bản quét' testdata/quet-100.pdf
press 'Lưu và tiếp' 'Số'='77' 'Ký hiệu'='HOIX' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Hội X' 'Trích yếu'='V/v đăng ký tham gia hội chợ'
status 415
see 'quet-100.pdf' '100 dpi' 'ít nhất 200 dpi' 'Đặt máy quét' 'V/v đăng ký tham gia hội chợ'
nojournal document.registered

# Saved without a leader it waits to be signed; it cannot be presented before.
upload 'Bản quét' testdata/quet-200.pdf
press 'Lưu và tiếp' 'Số'='77'
see 'Đã vào sổ, số đến 413: 77/HOIX.'
open /
see 'Chờ ký bản sao'
see 'Ký bản sao' beside '77/HOIX'
follow '77/HOIX'
see 'Chứng thư của cơ quan còn hiệu lực' 'SAO Y' 'Lê Quốc Hùng, Giám đốc'
press 'Ký bản sao và trình' 'Ghi chú trình'='Kính trình.'
see '77/HOIX: đã ký bản sao và trình lãnh đạo.'
journal document.copy_signed 'Sao y từ bản giấy'
journal document.presented 'Lê Quốc Hùng'

# One press from the register form: number, copy, leader.
open /den/dang-ky
upload 'Bản quét' testdata/quet-200.pdf
press 'Lưu và trình lãnh đạo' 'Số'='78' 'Ký hiệu'='HOIX' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Hội X' 'Trích yếu'='V/v danh sách hội viên' 'Hình thức sao'='SAO LỤC, bản giấy là bản sao y' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
see 'số đến 414: 78/HOIX, đã ký bản sao và trình lãnh đạo.'
journal document.copy_signed 'Sao lục từ bản sao y'
journal document.presented 'Lê Quốc Hùng'

# Before the signature there is no presenting, whatever address is called.
press 'Lưu và tiếp' 'Số'='79' 'Ký hiệu'='HOIX' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Hội X' 'Trích yếu'='V/v mời họp'
see 'Đã vào sổ, số đến 415'
open '/den/cho-tiep-nhan?nguon=giay'
follow '79/HOIX'
here as trang
upload 'Bản quét' testdata/quet-200.pdf
press 'Gắn bản quét'
see 'đã gắn bản quét' 'Ký bản sao và trình'
post '${trang}/trinh' leader='1'
status 409
see 'Bản quét chưa được ký số thành bản sao, chưa trình được.' 'có thể ký và trình cùng một lần' 'Điều 8'
nojournal document.presented

# What is left at the end of the day is signed under one confirmation.
open /den/dang-ky
upload 'Bản quét' testdata/quet-200.pdf
press 'Lưu và tiếp' 'Số'='80' 'Ký hiệu'='HOIX' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Hội X' 'Trích yếu'='V/v hội nghị tổng kết'
open '/ky-so?viec=sao'
see 'Ký bản sao' '79/HOIX' '80/HOIX' 'Hội X · số đến 416'
check 'Chọn 79/HOIX V/v mời họp'
check 'Chọn 80/HOIX V/v hội nghị tổng kết'
press 'Ký bản sao'
see 'Xác nhận ký bản sao 2 văn bản' 'Hình thức sao' 'Trình lãnh đạo'
nojournal document.copy_signed
press 'Ký bản sao 2 văn bản' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
wait 'Đã ký 2 / 2 văn bản'
journal document.copy_signed
open '/ky-so?viec=sao'
notsee '79/HOIX'

# The leader reads the signed copy, and every validator takes it; the scan stays beside it.
as hung
open /
follow '77/HOIX'
see 'Bản quét gốc' 'Sao y từ bản giấy' 'Sở Xây dựng'
follow 'Thông tin'
download 'Tải về quet-200-ban-sao.pdf' as ban
pdf valid $ban 1
follow 'Lịch sử'
see 'Ký bản sao' 'Trần Thị Lan'

# An agency whose key is lost goes on the same day: its scan is unsigned, and says so.
as tam
open /chung-thu-so
follow 'Sở Xây dựng'
press 'Ngừng dùng' 'Lý do'='Mất thiết bị'
as lan
open /den/dang-ky
notsee 'Hình thức sao'
upload 'Bản quét' testdata/quet-200.pdf
press 'Lưu và trình lãnh đạo' 'Số'='81' 'Ký hiệu'='HOIX' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Hội X' 'Trích yếu'='V/v tuyên truyền' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
see 'số đến 417: 81/HOIX, đã trình lãnh đạo.'
as hung
open /
follow '81/HOIX'
see 'Bản quét chưa được ký số.' 'bản giấy giữ giá trị'
