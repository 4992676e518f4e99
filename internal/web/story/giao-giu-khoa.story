# A leader gives his own key into the keeping of a clerk, under a rule, and takes it back.
story 'Giao văn thư giữ khóa cá nhân'  law HT33-4.2

as Mai
open /chung-thu-so
follow 'Đặng Tuyết Mai'
follow 'Giao văn thư giữ khóa'
see 'Chỉ ký văn bản mà ông/bà đã tự duyệt'
press 'Giao giữ khóa' 'Văn thư giữ khóa'='Trần Thị Lan' 'Quy chế văn thư'='12/QĐ-SXD' 'Ngày quy chế'=3/3/2025
status 422
see 'Chọn tệp quy chế văn thư.'
upload 'Tệp quy chế' testdata/phu-luc.pdf
press 'Giao giữ khóa'
status 422
see 'Chọn ngày từ hôm nay đến ngày chứng thư số hết hạn.'
press 'Giao giữ khóa' 'Giao đến hết ngày'=31/3/2025
see 'Đã giao giữ khóa.' 'Trần Thị Lan' '31/03/2025' '12/QĐ-SXD ngày 03/03/2025'
here as khoa
journal key.entrusted '12/QĐ-SXD'
download '12/QĐ-SXD ngày 03/03/2025' as quyche
pdf sound $quyche

# The clerk is told; whoever has no part in it sees nothing of it.
as Lan
open /thong-bao
see 'Được giao giữ khóa ký số của Đặng Tuyết Mai đến 31/03/2025'
open /toi
follow 'Khóa của Đặng Tuyết Mai, được giao giữ'
see 'Giao văn thư giữ khóa'
as Binh
open $khoa
status 404

as Mai
open $khoa
press 'Thôi giao'
see 'Đã thôi giao giữ khóa.' 'Đã thôi'
journal key.taken_back
