# A leader signs several documents under one confirmation; the keeper of the
# agency's key seals them in the same way.
story 'Ký số nhiều văn bản trong một lần xác nhận'  law HT33-10.1.b HT33-10.1.c.iii HT33-4.2 ND30-13 ND30-32.2 ND23-15

at 3/3/2025 08:05
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/du-thao.pdf
press 'Lưu và trình' 'Trích yếu'='V/v cung cấp số liệu quy hoạch cụm công nghiệp' 'Lĩnh vực'='quy hoạch' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A'
open /du-thao/moi
upload 'Văn bản chính' testdata/du-thao.pdf
press 'Lưu và trình' 'Trích yếu'='V/v bổ sung số liệu quy hoạch' 'Lĩnh vực'='quy hoạch' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='Sở Nội vụ'
as thu
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
press 'Đồng ý, chuyển tiếp'
open /du-thao
follow 'V/v bổ sung số liệu quy hoạch'
press 'Đồng ý, chuyển tiếp'
as phuc
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
press 'Thể thức đạt'
open /du-thao
follow 'V/v bổ sung số liệu quy hoạch'
press 'Thể thức đạt'

as hung
open /ky-so
see 'Ký văn bản' 'V/v cung cấp số liệu quy hoạch' 'V/v bổ sung số liệu quy hoạch' 'V/v trả lời kiến nghị cử tri' 'Chứng thư của ông/bà còn hiệu lực đến' 'nhiều nhất 50'
# Nothing is signed without being chosen, and nothing before it is confirmed.
press 'Ký'
status 422
see 'Chọn từ 1 đến 50 văn bản'
check 'Chọn SXD-KT V/v cung cấp số liệu quy hoạch cụm công nghiệp'
check 'Chọn SXD-KT V/v bổ sung số liệu quy hoạch'
press 'Ký'
see 'Xác nhận ký 2 văn bản' 'Chứng thư của ông/bà còn hiệu lực đến'
nojournal document.signed
press 'Ký 2 văn bản'
wait 'Đã ký 2 / 2 văn bản'
see 'Tất cả đã ký.' 'V/v cung cấp số liệu quy hoạch' 'V/v bổ sung số liệu quy hoạch'
here as ketqua
journal document.signed
open /ky-so
notsee 'V/v bổ sung số liệu quy hoạch'
see 'V/v trả lời kiến nghị cử tri'

# Nobody else sees what became of his batch.
as lan
open $ketqua
status 404

# The clerk numbers, then seals both at once.
open '/di/?loai=cho-cap-so'
follow 'V/v cung cấp số liệu quy hoạch'
press 'Cấp số'
open '/di/?loai=cho-cap-so'
follow 'V/v bổ sung số liệu quy hoạch'
press 'Cấp số'
open /ky-so
see 'Ký số cơ quan' 'V/v bổ sung số liệu quy hoạch' 'Chứng thư của cơ quan còn hiệu lực đến'
check 'Chọn 87/SXD-KT V/v cung cấp số liệu quy hoạch cụm công nghiệp'
check 'Chọn 88/SXD-KT V/v bổ sung số liệu quy hoạch'
press 'Ký số cơ quan'
press 'Ký số cơ quan 2 văn bản'
wait 'Đã ký 2 / 2 văn bản'
journal document.sealed
open '/di/?loai=cho-phat-hanh'
follow '88/SXD-KT'
follow 'Thông tin'
download '88-SXD-KT.pdf' as goc
pdf valid $goc 2
