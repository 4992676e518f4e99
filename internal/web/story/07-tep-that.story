story 'Tệp thật của cơ quan: bản đã có sẵn số và ngày, bản quét không có chữ, tên tệp Unicode tổ hợp; tệp hỏng hay có mật khẩu bị từ chối, biểu mẫu còn nguyên'  law ND30-10 HT33-10.1.a HT33-10.1.c.i HT33-10.1.c.iii HT33-10.1.c.v HN20-2 ND30-PL1 ND30-15

# Files that cannot be used: refused with the reason, nothing of what was typed is lost.
at 3/3/2025 08:05
as tho
open /du-thao/moi
upload 'Văn bản chính' testdata/corpus/encrypted.pdf
upload 'Phụ lục' testdata/corpus/phu-luc.xlsx
press 'Lưu dự thảo' 'Trích yếu'='V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025' 'Nơi nhận'='Sở Xây dựng' 'Nơi nhận khác'='Công ty Bắc Sông' 'Người ký'='Nguyễn Văn Khanh, Chủ tịch' 'Độ khẩn'='Khẩn'
status 415
see 'encrypted.pdf' 'mật khẩu' 'V/v phối hợp rà soát' 'Công ty Bắc Sông' 'phu-luc.xlsx'
upload 'Văn bản chính' testdata/corpus/truncated.pdf
press 'Lưu dự thảo'
status 415
see 'truncated.pdf' 'Công ty Bắc Sông' 'phu-luc.xlsx'
upload 'Văn bản chính' testdata/corpus/fake.pdf
press 'Lưu dự thảo'
status 415
see 'fake.pdf' 'không phải là tệp PDF như tên gọi'
upload 'Văn bản chính' testdata/corpus/encrypted-owner.pdf
press 'Lưu dự thảo'
status 415
see 'encrypted-owner.pdf' 'hạn chế quyền'
upload 'Văn bản chính' testdata/corpus/phu-luc.xlsx
press 'Lưu dự thảo'
status 422
see 'Văn bản chính phải là PDF hoặc DOCX.' 'V/v phối hợp rà soát'
nojournal document.drafted

# The same letter from another producer, with number and date typed already (then number and date stand in a signature of their own), under a decomposed name.
upload 'Văn bản chính' 'testdata/corpus/Công văn phối hợp.pdf'
press 'Lưu và trình'
see 'Đã lưu dự thảo. Đã trình.'
journal document.drafted
journal document.submitted
follow 'Thông tin'
see 'Công văn phối hợp.pdf' 'phu-luc.xlsx' 'Sở Xây dựng' 'Công ty Bắc Sông'
as vinh
open /
follow 'phối hợp rà soát quy hoạch'
see 'Trích yếu: Khớp với hệ thống.' 'Họ tên người ký: Nguyễn Văn Khanh.'
press 'Thể thức đạt'
as khanh
open /
follow 'phối hợp rà soát quy hoạch'
press 'Duyệt và ký'
journal document.signed
as hoa
open /
follow 'Cấp số' beside 'phối hợp rà soát quy hoạch'
press 'Cấp số'
press 'Ký số cơ quan'
journal document.sealed
open '/di/?loai=cho-phat-hanh'
follow 'phối hợp rà soát quy hoạch'
follow 'Thông tin'
download '121-UBH-VP.pdf' as nfd
pdf valid $nfd 3

# A scan: the machine reads nothing, the signer says where.
as tho
open /du-thao/moi
upload 'Văn bản chính' testdata/corpus/scan.pdf
press 'Lưu và trình' 'Trích yếu'='V/v gửi hồ sơ cụm công nghiệp (bản quét)' 'Nơi nhận'='Sở Xây dựng' 'Người ký'='Nguyễn Văn Khanh, Chủ tịch'
as vinh
open /
follow 'bản quét'
see 'không có chữ đọc được'
press 'Thể thức đạt'
as khanh
open /
follow 'bản quét'
press 'Duyệt và ký'
status 422
see 'Vị trí ký'
press 'Duyệt và ký' 'Vị trí ký'='Cuối văn bản, bên phải'
journal document.signed
as hoa
open /
follow 'Cấp số' beside 'bản quét'
press 'Cấp số'
press 'Ký số cơ quan'
journal document.sealed
open '/di/?loai=cho-phat-hanh'
follow 'bản quét'
follow 'Thông tin'
download '122-UBH-VP.pdf' as quet
pdf valid $quet 3

# Pages turned by a quarter, cross-reference and object streams.
as tho
open /du-thao/moi
upload 'Văn bản chính' testdata/corpus/object-streams.pdf
upload 'Phụ lục' testdata/corpus/rotated.pdf
press 'Lưu và trình' 'Trích yếu'='V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025 lần 2' 'Nơi nhận'='Sở Xây dựng' 'Người ký'='Nguyễn Văn Khanh, Chủ tịch'
as vinh
open /
follow 'lần 2'
press 'Thể thức đạt'
as khanh
open /
follow 'lần 2'
press 'Duyệt và ký'
journal document.signed
as hoa
open /
follow 'Cấp số' beside 'lần 2'
press 'Cấp số'
press 'Ký số cơ quan'
journal document.sealed
open '/di/?loai=cho-phat-hanh'
follow 'lần 2'
follow 'Thông tin'
see 'phụ lục đã ký số'
download '123-UBH-VP.pdf' as dong
pdf valid $dong 3
download 'rotated.pdf · phụ lục đã ký số' as phuluc
pdf valid $phuluc 1
