# Signed in another program and brought back: what is not as it must be is refused in words, and the right file is taken.
story 'Ký ngoài rồi tải lên: tệp sai bị từ chối kèm cách sửa, nộp lại được'  law HT33-4.2 HT33-4.1 HT33-10.1.b HT33-10.1.c.i HT33-10.1.c.iii HT33-10.1.c.v ND30-11.2 ND30-PL1.II.8a ND30-PL1.II.8b

at 3/3/2025 08:05
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/du-thao.pdf
upload 'Phụ lục' testdata/phu-luc.pdf
press 'Lưu và trình' 'Trích yếu'='V/v ký ngoài kèm phụ lục' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='Sở Nội vụ'
as thu
open /
follow 'ký ngoài kèm phụ lục'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'ký ngoài kèm phụ lục'
press 'Thể thức đạt'

# Both keys are with their holders, who sign with whatever program they have.
issue 'Lê Quốc Hùng' as the
issue 'Sở Xây dựng' as theCoQuan
as Tam
open /chung-thu-so/moi
press 'Đăng ký' 'Cấp cho'='Lê Quốc Hùng' 'Tệp chứng thư số'=@$the 'Người ký ký bằng'='Chương trình khác'
see 'Đã đăng ký chứng thư số.'
open /chung-thu-so/moi
press 'Đăng ký' 'Cấp cho'='Sở Xây dựng' 'Tệp chứng thư số'=@$theCoQuan 'Người ký ký bằng'='Chương trình khác'
see 'Đã đăng ký chứng thư số.'
follow 'Bàn giao khóa'
press 'Đề nghị bàn giao' 'Bên nhận'='Trần Thị Lan' 'Văn bản cho phép'='05/QĐ-SXD' 'Ngày văn bản'=3/3/2025 'Tình trạng thiết bị'='Hoạt động tốt'
as Lan
open /toi
follow 'Xem và xác nhận'
press 'Xác nhận đã nhận khóa'
see 'Ông/bà đang giữ khóa của cơ quan'

# The leader approves, takes the file away, and brings back what is not his signature on it.
as hung
open /
follow 'ký ngoài kèm phụ lục'
press 'Duyệt và ký'
see 'Tải tệp về, ký bằng chương trình khác, rồi tải lên.'
press 'Tải về để ký ngoài'
see 'Tải từng tệp về, ký, rồi tải lên.' 'Chỉ nhận đúng tệp đã giao cộng thêm một chữ ký.' 'chờ ký'
download 'Tải về' as giao
press 'Gửi tệp đã ký'
status 422
see 'Chọn tệp đã ký.'
upload 'Tệp đã ký' testdata/cv-gia-1.pdf
press 'Gửi tệp đã ký'
status 422
see 'Tệp trả về không phải là tệp đã giao cộng thêm chữ ký.' 'Ký đúng tệp đã tải về, không in lại hay lưu thành tệp khác.' 'Khoản 2 Điều 11 NĐ 30/2020' 'chờ ký'
upload 'Tệp đã ký' $giao
press 'Gửi tệp đã ký'
status 422
see 'Tệp trả về phải có thêm đúng một chữ ký.' 'Ký một lần vào tệp đã giao rồi tải lên.'
sign $giao 'Sở Xây dựng' as kyNham
upload 'Tệp đã ký' $kyNham
press 'Gửi tệp đã ký'
status 422
see 'Tệp được ký bằng chứng thư số khác với chứng thư số đã đăng ký.' 'Ký bằng chứng thư số của mình'
nojournal document.signed
# Nothing is lost: the file is still out, and the history tells what was wrong.
reload
see 'chờ ký' 'Bị từ chối' 'Tệp được ký bằng chứng thư số khác với chứng thư số đã đăng ký.'
sign $giao 'Lê Quốc Hùng' as daKy
upload 'Tệp đã ký' $daKy
press 'Gửi tệp đã ký'
see 'Đã ký số'
journal document.signed

# The agency's signature shows the seal; on an annex, number, symbol and time.
as Lan
open /
follow 'Cấp số' beside 'ký ngoài kèm phụ lục'
press 'Cấp số'
see 'Đã cấp số 87/SXD-KT.'
press 'Tải về để ký ngoài'
download 'Tải về' beside '87-SXD-KT.pdf' as chinh
download 'Tải về' beside 'phu-luc.pdf' as phuLuc
sign $chinh 'Sở Xây dựng' as khongDau
press 'Gửi tệp đã ký' beside '87-SXD-KT.pdf' 'Tệp đã ký'=@$khongDau
status 422
see '87-SXD-KT.pdf: Chữ ký số của cơ quan trong tệp trả về không hiện hình dấu.' 'chọn mẫu có hình dấu của cơ quan, đặt vào chỗ đóng dấu, rồi ký lại tệp đã giao' 'Điểm a mục 8 phần II Phụ lục I NĐ 30/2020'
see 'không hiện hình dấu' beside '87-SXD-KT.pdf'
sign $phuLuc 'Sở Xây dựng' 'dấu' as khongSo
press 'Gửi tệp đã ký' beside 'phu-luc.pdf' 'Tệp đã ký'=@$khongSo
status 422
see 'phu-luc.pdf: Chữ ký số trên phụ lục trả về không hiện đúng số, ký hiệu của văn bản và thời gian ký.' 'chọn “Ký phụ lục”'
see 'không hiện đúng số, ký hiệu' beside 'phu-luc.pdf'
sign $phuLuc 'Sở Xây dựng' 'phụ lục' '187/SXD-KT' as soKhac
press 'Gửi tệp đã ký' beside 'phu-luc.pdf' 'Tệp đã ký'=@$soKhac
status 422
see 'phu-luc.pdf: Chữ ký số trên phụ lục trả về không hiện đúng số'
nojournal document.sealed
sign $phuLuc 'Sở Xây dựng' 'phụ lục' '87/SXD-KT' as phuLucDung
press 'Gửi tệp đã ký' beside 'phu-luc.pdf' 'Tệp đã ký'=@$phuLucDung
see 'Đã nhận tệp đã ký.'
see 'đã nhận' beside 'phu-luc.pdf'
see 'chờ ký' beside '87-SXD-KT.pdf'
nojournal document.sealed
sign $chinh 'Sở Xây dựng' 'dấu' as chinhDung
press 'Gửi tệp đã ký' beside '87-SXD-KT.pdf' 'Tệp đã ký'=@$chinhDung
see 'Đã ký số 87/SXD-KT.'
journal document.sealed
open /di
follow 'ký ngoài kèm phụ lục'
see 'Đã ký số cơ quan'
download 'Mở tệp PDF' as banKy
pdf valid $banKy 2
