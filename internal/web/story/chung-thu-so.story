# Who signs with what, and how the agency's key passes from one keeper to the next.
story 'Chứng thư số, bàn giao khóa của cơ quan'  law HT33-4.1 HT33-4.2 ND30-32.2 GL443-12.4 GL443-5.2 BRVT1842-10.10 HT33-13.1

as Tam
open /chung-thu-so
see '3 chứng thư đang dùng' 'Người giữ khóa: Trần Thị Lan' 'Lê Quốc Hùng' 'Đặng Tuyết Mai' 'Còn hiệu lực'
# The administrator sees that a key was used, and not on what.
notsee 'rà soát quy hoạch'
follow 'Danh sách tin cậy'
see 'CA gốc trình diễn' 'Thử nghiệm' 'Không có giá trị ở ngoài'

# Handing over is the keeper's act, under a written permission.
as Lan
open /chung-thu-so
follow 'Sở Xây dựng'
see 'Người giữ khóa' 'đang giữ' '01/QĐ-VP' 'Đúng cỡ 36 mm'
follow 'Bàn giao khóa'
press 'Đề nghị bàn giao' 'Bên nhận'='Mai Thúy Nga'
status 422
see 'Cần số văn bản cho phép giao khóa.' 'Điểm b khoản 2 Điều 32 NĐ 30/2020'
press 'Đề nghị bàn giao' 'Bên nhận'='Mai Thúy Nga' 'Văn bản cho phép'='05/QĐ-SXD' 'Ngày văn bản'=3/3/2025 'Tình trạng thiết bị'='Hoạt động tốt'
see 'Đã đề nghị bàn giao' 'Đang bàn giao' 'Lê Quốc Hùng, Giám đốc'
journal key.offered '05/QĐ-SXD'

# Until the receiver confirms, nothing has changed; nobody else can confirm.
as Nga
open /thong-bao
see 'Được bàn giao khóa ký số của cơ quan'
open /toi
follow 'Xem và xác nhận'
see 'Xác nhận khi thiết bị đã ở trong tay ông/bà'
press 'Xác nhận đã nhận khóa'
see 'Ông/bà đang giữ khóa của cơ quan' '02/BBBG-SXD' 'Mai Thúy Nga' 'đang giữ'
journal key.taken '02/BBBG-SXD'
download '02/BBBG-SXD' as bienban
file $bienban has 'Bàn giao thiết bị lưu khóa bí mật của cơ quan'
file $bienban has 'Mai Thúy Nga'
file $bienban has '05/QĐ-SXD'
pdf sound $bienban

# The former keeper sees the history and can hand over no more.
as Lan
open /chung-thu-so
follow 'Sở Xây dựng'
see '02/BBBG-SXD' 'Nhận bàn giao khóa'
notsee 'Bàn giao khóa của cơ quan'

# A certificate goes out of use with a reason, and stays in the register.
as Tam
open /chung-thu-so
follow 'Đặng Tuyết Mai'
press 'Ngừng dùng'
status 422
see 'Ghi lý do ngừng dùng'
press 'Ngừng dùng' 'Lý do'='Mất thiết bị'
see 'Đã ngừng dùng chứng thư số.' 'Mất thiết bị'
journal certificate.ended 'Mất thiết bị'
open /chung-thu-so
see 'Chưa có chứng thư số: Đặng Tuyết Mai' 'Đã ngừng dùng'

# The seal's true size is entered beside its picture; the picture may stay.
follow 'Sở Xây dựng'
see 'Hình con dấu' 'Đúng cỡ 36 mm' 'Đường kính con dấu (mm)'
press 'Lưu hình và cỡ' 'Đường kính con dấu (mm)'='ba sáu'
status 422
see 'Ghi đường kính con dấu bằng số mm, ví dụ 36 hoặc 36,5.' 'Đúng cỡ 36 mm'
press 'Lưu hình và cỡ' 'Đường kính con dấu (mm)'='3,6'
status 422
see 'Đường kính con dấu phải từ 20 đến 50 mm.'
press 'Lưu hình và cỡ' 'Đường kính con dấu (mm)'='36,55'
status 422
see 'chỉ ghi đến một chữ số sau dấu phẩy'
press 'Lưu hình và cỡ' 'Đường kính con dấu (mm)'='36,5'
see 'Đã lưu hình và cỡ con dấu 36,5 mm' 'Đúng cỡ 36,5 mm'
journal picture.set '36,5'
open /chung-thu-so

# Entering: each refusal has its name.
follow 'Đăng ký chứng thư số'
press 'Đăng ký'
status 422
see 'Chọn người hoặc cơ quan được cấp chứng thư.'
upload 'Tệp chứng thư số' testdata/phu-luc.pdf
press 'Đăng ký' 'Cấp cho'='Đặng Tuyết Mai'
status 422
see 'Tệp không phải chứng thư số'

# The key that opens encrypted files: entered, and ended with a reason.
open /chung-thu-so
follow 'Khóa mở'
see 'Khóa mở tệp mã hóa' 'Sở Xây dựng' 'AES-256-GCM'
upload 'Tệp khóa PKCS#12' testdata/phu-luc.pdf
press 'Đăng ký'
status 422
see 'Đây không phải tệp khóa PKCS#12 (.p12, .pfx), hoặc tệp đã hỏng.'
press 'Ngừng dùng'
status 422
see 'Ghi lý do ngừng dùng: đã thay khóa mới, mất khóa, tệp hỏng.'
press 'Ngừng dùng' 'Lý do'='Mất khóa.'
see 'Đã ngừng dùng khóa mở.' 'Cơ quan chưa có khóa mở'
journal opening_key.ended 'Mất khóa'

# How files that go out are encrypted, within what the rules allow.
see 'Thuật toán mã hóa tệp gửi đi' 'RSA-OAEP, SHA-256' 'ECDH, SHA-256'
press 'Lưu thuật toán' 'Mã hóa nội dung'='AES-256-CBC' 'Khóa RSA của nơi nhận'='từ 3072 bit'
see 'Đã đặt thuật toán mã hóa: AES-256-CBC, RSA từ 3072 bit.'
journal encryption.set 'AES-256-CBC, RSA từ 3072 bit'

# Nobody without an office in it learns of the register.
as Binh
open /chung-thu-so
status 403
open /chung-thu-so/khoa-mo
status 403
