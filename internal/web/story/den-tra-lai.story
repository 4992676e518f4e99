story 'Trả lại văn bản đến phải có lý do'  law ND30-21.2a HT33-8.2.iii

as lan
open /den/cho-tiep-nhan
follow '100/BC-SNV'
press 'Trả lại'
status 422
see 'Cần lý do trả lại để nơi gửi biết phải sửa gì.'
nojournal document.returned
press 'Trả lại' 'Lý do'='Thiếu phụ lục biên chế'
see 'Đã trả lại nơi gửi.'
journal document.returned 'Thiếu phụ lục biên chế'
open /den/cho-tiep-nhan
notsee '100/BC-SNV'

# A file that was changed after it was signed cannot be received, only returned.
follow 'Xem và trả lại' beside '73/STTTT-VP'
see 'Không hợp lệ'
press 'Tiếp nhận'
status 422
see 'Không tiếp nhận được'
press 'Trả lại' 'Lý do'='Chữ ký không khớp với nội dung'
journal document.returned 'Chữ ký không khớp'

# Somebody outside the way of the document does not learn that it exists.
as an
open /den/cho-tiep-nhan
notsee '120/UBH-VP'
