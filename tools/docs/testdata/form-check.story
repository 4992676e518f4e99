story 'Máy xem thể thức trước người kiểm tra'  law ND30-12.2 ND30-PL1

as an
open /
follow 'cung cấp thông tin năng lực'
see 'mục đạt' 'Quốc hiệu: Đúng.'

as thu
open /
follow 'kiểm tra an toàn lao động'
press 'Đồng ý, chuyển tiếp'

# It advises; the checker decides, and may pass what it names.
as phuc
open /
follow 'kiểm tra an toàn lao động'
see 'mục đạt' 'Số, ký hiệu: Ký hiệu đúng, đủ chỗ ghi số.'
press 'Thể thức đạt'
journal document.form_passed
