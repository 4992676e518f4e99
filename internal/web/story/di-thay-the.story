story 'Văn bản đã phát hành bị sai: sai nội dung thì thay thế bằng văn bản cùng loại, sai thể thức thì đính chính bằng công văn; nơi nhận thấy cả hai'  law ND30-18.3 HT33-12.1 GL443-12.2 QD28-9.2

# A figure is wrong in what has gone out. Who has the old document must get the new one.
at 3/3/2025 08:05
as binh
open '/di/?q=85'
follow '85/SXD-QH'
follow 'Thay thế'
see 'Thay thế văn bản' '85/SXD-QH' 'Khi phát hành, văn bản cũ hết hiệu lực'
upload 'Văn bản chính' testdata/cv-gia-1.pdf
press 'Lưu dự thảo' 'Nơi nhận'='Sở Nội vụ'
status 422
see 'Nơi đã nhận văn bản 85/SXD-QH phải nhận văn bản thay thế: UBND huyện A, Hội X.'
see 'Thay thế văn bản' '85/SXD-QH'
press 'Lưu dự thảo' 'Nơi nhận'='UBND huyện A; Sở Nội vụ; Hội X' 'Loại văn bản'='Báo cáo'
status 422
see 'Văn bản thay thế phải cùng loại với văn bản 85/SXD-QH.'
press 'Lưu và trình' 'Loại văn bản'='Công văn' 'Người ký'='Lê Quốc Hùng, Giám đốc'
see 'Đã lưu dự thảo. Đã trình.'
follow 'Thông tin'
see 'Thay thế văn bản' '85/SXD-QH'

# It goes the way of every document. When it is issued, the old one stands no more.
as son
open /
follow 'Duyệt nội dung' beside 'cụm công nghiệp Bắc Sông'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'Kiểm tra' beside 'cụm công nghiệp Bắc Sông'
press 'Thể thức đạt'
as hung
open /
follow 'cụm công nghiệp Bắc Sông'
press 'Duyệt và ký'
as lan
open /
follow 'Cấp số' beside 'cụm công nghiệp Bắc Sông'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open /
follow 'Kiểm tra' beside '87/SXD-QH'
press 'Đạt, cho phát hành'
as lan
open /
follow 'Phát hành' beside '87/SXD-QH'
press 'Phát hành'
see 'Đã phát hành 87/SXD-QH.'
journal document.succeeded '87/SXD-QH'
journal document.issued
open '/di/?q=85'
follow '85/SXD-QH'
see 'Đã được thay thế.' '87/SXD-QH'
notsee 'Thu hồi' 'Đính chính'

# UBND huyện A had registered the old one: it stays in the book, the clerk answers.
as hoa
open /
see 'thay thế bằng 87/SXD-QH' beside '85/SXD-QH'
open /den/cho-tiep-nhan
follow '87/SXD-QH'
see 'Thay thế văn bản 85/SXD-QH.' 'Mở 85/SXD-QH'
open /
follow 'Trả lời' beside '85/SXD-QH'
press 'Đồng ý'
journal document.change_agreed

# The sender sees each answer beside the line of the old document.
as lan
open /gui-nhan
open '/di/?q=85'
follow '85/SXD-QH'
follow 'Bảng gửi nhận'
follow 'UBND huyện A'
see '15 Đồng ý thay thế'
notsee 'không theo trình tự'

# A wrong form: a letter corrects the document, which stands.
as binh
open '/di/?q=87'
follow '87/SXD-QH'
follow 'Đính chính'
see 'V/v đính chính Công văn số 87/SXD-QH ngày 03/03/2025' 'Đính chính văn bản'
upload 'Văn bản chính' testdata/cv-gia-2.pdf
press 'Lưu dự thảo' 'Loại văn bản'='Báo cáo'
status 422
see 'Đính chính văn bản 87/SXD-QH bằng công văn.'
press 'Lưu và trình' 'Loại văn bản'='Công văn'
see 'Đã lưu dự thảo. Đã trình.'
follow 'Thông tin'
see 'Đính chính văn bản' '87/SXD-QH'
