story 'Không thấy tên người ký trên văn bản: người ký chọn vị trí; hủy số giữ dòng sổ'  law ND30-PL1 ND30-13 ND30-15 GL443-7.2.ii.b ND30-PL4

at 3/3/2025 08:05
as nga
open /du-thao/moi
upload 'Văn bản chính' testdata/du-thao-khong-ten.pdf
press 'Lưu và trình'
    'Trích yếu'='V/v cung cấp số liệu quy hoạch cụm công nghiệp'
    'Người ký'='Lê Quốc Hùng, Giám đốc'
    'Nơi nhận'='UBND huyện A'
# Nobody leads her unit: the draft goes on to the form check.
see 'Đang ở Chánh văn phòng'

as phuc
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
see 'Không thấy “Lê Quốc Hùng” dưới chức vụ.' 'Chưa tự đặt được ô số, ngày, chữ ký'
press 'Thể thức đạt' 'Ý kiến'='Ký tay tên trên bản in; người ký chọn chỗ.'

as hung
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
see 'Chưa thấy tên Lê Quốc Hùng trên văn bản'
press 'Duyệt và ký'
status 422
see 'Vị trí ký'
press 'Duyệt và ký' 'Vị trí ký'='Cuối văn bản, bên phải'
see 'Đã duyệt và ký'
journal document.signed

as lan
open '/di/?loai=cho-cap-so'
follow 'V/v cung cấp số liệu quy hoạch'
press 'Cấp số'
see 'Đã cấp số 87/SXD-VP.'
press 'Hủy số' 'Lý do'='Giám đốc yêu cầu dừng phát hành'
see 'Đã hủy số 87/SXD-VP'
journal document.number_voided 'Giám đốc yêu cầu'
open /so/di
see 'Hủy số 03/03/2025: Giám đốc yêu cầu dừng phát hành' beside '87/SXD-VP'
download 'In sổ' as so
pdf sound $so

# The number is not given again.
open '/di/?loai=cho-cap-so'
follow 'V/v thẩm định giá trị dự toán'
see 'Số tiếp theo: 88/SXD-KT'
