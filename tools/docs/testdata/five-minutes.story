story 'Năm phút của README'  law HT33-8.1 HT33-9.i HT33-10.1.a HT33-10.1.b HT33-10.1.c.i HT33-10.1.d HN20-7.1.d ND30-12 BRVT1842-6.5

# README.md and README.vi.md tell this; change them together.
as lan
open /
follow 'Tiếp nhận' beside '120/UBH-VP'
see 'phối hợp rà soát quy hoạch cụm công nghiệp' 'Hợp lệ: 2 chữ ký số'
press 'Tiếp nhận và trình' 'Trình lãnh đạo'='Lê Quốc Hùng, Giám đốc'
journal document.presented

as hung
open /
follow 'Cho ý kiến' beside '120/UBH-VP'
press 'Phân phối và xem tiếp' 'Ý kiến chỉ đạo'='Phòng Quy hoạch tham mưu văn bản góp ý.' 'Chủ trì'='Phòng Quy hoạch' 'Hạn xử lý'=10/3/2025
journal document.directed
open /
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
press 'Duyệt và ký'
journal document.signed

as lan
open /
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
press 'Cấp số'
journal document.numbered
open /
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
press 'Ký số cơ quan'
journal document.sealed

as phuc
open /
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
press 'Đạt, cho phát hành'
journal document.checked

as lan
open /
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
see 'Hội X'
press 'Phát hành'
journal document.issued

as hoa
open /den/cho-tiep-nhan
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
press 'Tiếp nhận'
journal document.registered

as lan
open /gui-nhan
follow 'trả lời kiến nghị cử tri sau kỳ họp thứ 14'
see '03' beside 'UBND huyện A'
see 'Biên nhận'

as son
open /
follow 'Giao việc' beside '120/UBH-VP'
press 'Giao việc' 'Người xử lý'='Trương Thanh Bình, Chuyên viên'
journal document.assigned

as binh
open /
follow 'Xử lý' beside '120/UBH-VP'
see 'Soạn văn bản trả lời'
press 'Báo hoàn thành' 'Kết quả'='Đã góp ý bằng văn bản'
journal document.completed

as vh1
open /truc
see 'UBND huyện A'
open /tuan-thu
see 'ND30'
