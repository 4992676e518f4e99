# The administrator sees that all is well, who is who, and which keys are valid,
# but no document.
story 'Quản trị, hồ sơ, trợ giúp'  law HN20-10.1.a HT33-14.6 HT33-4.1
as Tam
open /quan-tri
see 'Kho dữ liệu' 'Sao lưu' 'Chưa cấu hình'
see 'người giữ khóa: Trần Thị Lan' 'Lê Quốc Hùng' 'Thủ trưởng' 'Hoạt động'
notsee 'rà soát quy hoạch'
press 'Kiểm tra nhật ký'
see 'Nhật ký nguyên vẹn'

as Mai
open /quan-tri
status 403
open /toi
see 'Đặng Tuyết Mai' 'Phó Giám đốc' 'Lãnh đạo cơ quan' 'Còn hiệu lực'
open /tro-giup
see 'Lãnh đạo cơ quan' 'Duyệt và ký' 'Phím tắt'
