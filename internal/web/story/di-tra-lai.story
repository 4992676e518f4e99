story 'Dự thảo trả lại kèm ý kiến, sửa thành phiên bản mới, hủy có lý do'  law ND30-10.3 ND30-11.2 ND30-12.1 ND30-PL6.III.5a HT33-1.2

at 3/3/2025 08:05
as an
open /du-thao/moi
# Secrets do not enter the system: the refusal names the way they go.
upload 'Văn bản chính' testdata/du-thao.pdf
press 'Lưu dự thảo'
    'Trích yếu'='V/v cung cấp số liệu quy hoạch cụm công nghiệp'
    'Người ký'='Lê Quốc Hùng, Giám đốc'
    'Nơi nhận'='UBND huyện A'
    'Độ mật'='Mật'
status 422
see 'Tài liệu bí mật nhà nước không được soạn' 'máy độc lập, sổ giấy riêng'
press 'Lưu dự thảo' 'Độ mật'='Thường'
see 'Đã lưu dự thảo.' 'Trình' 'Hủy dự thảo'
press 'Trình'
journal document.submitted

as thu
open /du-thao
follow 'V/v cung cấp số liệu quy hoạch'
press 'Trả lại'
status 422
see 'Cần ghi ý kiến để người soạn biết phải sửa gì.'
nojournal document.returned
press 'Trả lại' 'Ý kiến'='Thêm căn cứ công văn của huyện.'
journal document.returned 'Thêm căn cứ'

as an
open /du-thao
see 'Trả lại · Phạm Minh Thu: Thêm căn cứ công văn của huyện.'
follow 'V/v cung cấp số liệu quy hoạch'
see 'Dự thảo được trả lại.' 'Thêm căn cứ công văn của huyện.'
follow 'Sửa'
see 'Ý kiến cần tiếp thu' 'Thêm căn cứ công văn của huyện.' 'UBND huyện A'
upload 'Văn bản chính' testdata/du-thao-2.pdf
press 'Lưu phiên bản 2' 'Ghi chú'='Đã thêm căn cứ'
see 'Đã lưu phiên bản mới.' 'phiên bản 2'
follow 'Phiên bản'
see 'Phiên bản 2' 'Đã thêm căn cứ' 'Phiên bản 1' 'Thêm căn cứ công văn của huyện.'
follow 'Xử lý'
press 'Hủy dự thảo'
status 422
see 'Cần lý do hủy.'
press 'Hủy dự thảo' 'Lý do'='Gộp vào văn bản khác'
see 'Đã hủy dự thảo'
journal document.cancelled 'Gộp vào văn bản khác'
open '/di/?loai=thu-hoi'
see 'Đã hủy' beside 'V/v cung cấp số liệu quy hoạch'
