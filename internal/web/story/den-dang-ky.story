story 'Đăng ký văn bản giấy: máy đọc bản quét, cảnh báo trùng'  law ND30-22 ND30-PL6 HT33-8.1 BRVT1842-9.2

at 3/3/2025 09:00
as lan
open /den/dang-ky
see '413'
upload 'Bản quét' testdata/giay-77.pdf
press 'Đọc bản quét'
see '77' 'UBH-KTHT' '28/02/2025' 'V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025' 'Nguyễn Văn Khanh' 'Chủ tịch' '10/03/2025'
# Reading again keeps what was typed since.
press 'Đọc bản quét' 'Người ký'='Nguyễn Văn Khanh A' 'Ghi chú'='bản chính'
see 'Nguyễn Văn Khanh A' 'bản chính' 'UBH-KTHT'
press 'Lưu và tiếp' 'Lĩnh vực'='quy hoạch'
see 'Đã vào sổ, số đến 413: 77/UBH-KTHT.'
journal document.registered '77/UBH-KTHT'

# The same number, notation and issuer in another spelling: a warning, not a second number.
press 'Lưu và tiếp' 'Số'='077' 'Ký hiệu'='ubh-ktht' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='UBND huyện A' 'Trích yếu'='Phối hợp rà soát'
status 409
see 'Trùng số, ký hiệu và cơ quan ban hành' 'số đến 413'
nojournal document.registered
check 'Vẫn đăng ký'
press 'Lưu và trình lãnh đạo'
status 422
see 'Chọn lãnh đạo để trình.'
press 'Lưu và tiếp'
see 'số đến 414'
journal document.registered

# It has no scan yet: it stands at the gate, and cannot be presented.
open '/den/cho-tiep-nhan?nguon=giay'
follow '077/ubh-ktht'
upload 'Bản quét' testdata/giay-77.pdf
press 'Gắn bản quét'
see 'đã gắn bản quét' 'Trình lãnh đạo'
