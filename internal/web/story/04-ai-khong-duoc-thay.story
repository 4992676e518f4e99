story 'Ai không được thấy, ai không được làm: như không có trang, hoặc bị từ chối có nêu điều khoản'  law HN20-7.1.b HN20-8.1.b HN20-6.1.a HT33-4.2 HT33-10.1.a HT33-10.1.c.i ND30-13 ND30-15 ND30-22 BRVT1842-10.4 HN20-10.1.a

at 3/3/2025 08:05
# Nobody gets anywhere without signing in.
as nobody
open /den/
see 'Chọn một người'
notsee 'Văn bản đến'

# A draft is seen by its drafter and whoever is on its way; to others its page does not exist.
as an
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-thu-hoi.pdf
press 'Lưu dự thảo' 'Trích yếu'='V/v góp ý dự thảo quy chế quản lý công viên cây xanh' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A; Sở Nội vụ'
see 'Đã lưu dự thảo.'
here as duthao
press 'Trình'
journal document.submitted
as binh
open $duthao
status 404
see 'Không tìm thấy'
notsee 'công viên cây xanh'
post '$duthao/dong-y'
status 404
post '$duthao/huy' reason='Phá'
status 404
open '/tim?q=cong+vien+cay+xanh'
notsee 'V/v góp ý dự thảo quy chế quản lý công viên'
# Hùng will sign it, but it has not come to him; the clerk has nothing to number yet.
as lan
open $duthao
status 404
# At another agency the address is another agency's: nothing of this one.
as tho
open $duthao
status 404

# Its drafter sees it and may not do what others have to.
as an
open $duthao
notsee 'Đồng ý, chuyển tiếp' 'Duyệt và ký'
post '$duthao/dong-y' reason='Tự duyệt'
status 403
see 'Ông/bà không có quyền duyệt nội dung dự thảo này.' 'Khoản 1 Điều 12'
nojournal document.content_passed
post '$duthao/duyet-ky'
status 403
post '$duthao/cap-so'
status 403
see 'Ông/bà không có quyền cấp số'
post '$duthao/phat-hanh'
status 403
# While it is with somebody else its drafter does not change it.
post '$duthao/trinh'
status 409
nojournal document.submitted

as thu
open /
follow 'công viên cây xanh'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'công viên cây xanh'
# The form checker does not sign, nor does he give numbers.
post '$duthao/duyet-ky'
status 403
open $duthao
press 'Thể thức đạt'
# Mai is a leader and sees it now; the key that signs is Hùng's.
as mai
open $duthao
see 'công viên cây xanh'
notsee 'Duyệt và ký'
post '$duthao/duyet-ky'
status 403
post '$duthao/ky'
status 403
nojournal document.signed
as hung
open $duthao
press 'Duyệt và ký'
journal document.signed
# Signed twice, or numbered by the one who signed: no.
post '$duthao/ky'
status 409
post '$duthao/cap-so'
status 403
nojournal document.numbered
as lan
open $duthao
# The next step cannot be jumped.
post '$duthao/phat-hanh'
status 409
nojournal document.issued
post '$duthao/ky-co-quan'
status 403
nojournal document.sealed
open $duthao
press 'Cấp số'
see 'Đã cấp số 87/SXD-KT.'
post '$duthao/cap-so'
status 409
see 'Đã cấp số'
as phuc
open $duthao
post '$duthao/kiem-tra'
status 409
nojournal document.checked

# Registers, paper and the gate are the clerk's and the leaders'.
as an
open /so/den
status 403
open /so/di
status 403
open /den/dang-ky
status 403
see 'Ông/bà không có quyền đăng ký văn bản giấy.' 'Điều 22 NĐ 30/2020'
as lan
open /so/di
see '87/SXD-KT'

# The console is the operator's, the accounts the administrator's.
open /truc
status 403
open /quan-tri
status 403
as vh1
open /truc
status 200
as tam
open /quan-tri
status 200
open /den/cho-tiep-nhan
notsee '120/UBH-VP'

# An incoming document is not there for those outside its way, nor are its files.
as lan
open /den/cho-tiep-nhan
follow '120/UBH-VP'
here as den
as nga
open $den
status 404
post '$den/tiep-nhan'
status 404
as an
open $den
status 404
as lan
open $den
press 'Tiếp nhận và trình' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
journal document.presented
as hung
open $den
press 'Phân phối' 'Ý kiến chỉ đạo'='Phòng QH tham mưu.' 'Chủ trì'='Phòng Quy hoạch' 'Nhận để biết'='Mai Thúy Nga' 'Hạn xử lý'=10/3/2025
journal document.directed
# Whoever is only informed reads it and does not complete it.
as nga
open $den
see 'Phòng QH tham mưu.'
notsee 'Báo hoàn thành'
post '$den/hoan-thanh' reason='Xong'
status 403
nojournal document.completed
# The clerk gives no directions in the leader's place.
as lan
post '$den/chi-dao' text='Giao cho tôi' lead='x'
status 403
nojournal document.directed
