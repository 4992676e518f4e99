# The operator holds a queue back with a reason and lets it go on; nobody else
# gets in, and nobody reads a document there.
story 'Bảng điều hành trục'  law BRVT1842-10.4 HN20-10.1.d GL443-3.4.ii
as vh1
open /truc
see 'Trục liên thông' 'Sở Xây dựng' 'Chính thức' 'Đầu sổ cái'
notsee 'rà soát quy hoạch'
press 'Kiểm tra sổ cái'
see 'Sổ cái nguyên vẹn'
open /truc/000.00.15.H99
see 'Sở Xây dựng' 'Mã định danh'
press 'Tạm giữ hàng đợi'
status 422
see 'Ghi lý do' 'Khoản 4 Điều 10'
press 'Tạm giữ hàng đợi' 'Lý do'='Sở nâng cấp phần mềm'
see 'Đã tạm giữ hàng đợi' 'Đang tạm giữ' 'Sở nâng cấp phần mềm' 'Đinh Công Vinh'
press 'Mở lại hàng đợi' 'Lý do'='Đã nâng cấp xong'
see 'Đã mở lại hàng đợi' 'Đã nâng cấp xong'
notsee 'Đang tạm giữ'
open /truc/000.00.99.X99
status 404

as Lan
open /truc
status 403
see 'vận hành trục'
