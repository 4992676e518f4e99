# Search finds whatever one may see, however it is typed; notices tell what came.
story 'Tra cứu và thông báo'  law HT33-20.4 HN20-8.1.b
as Lan
open '/tim?q=quy+hoach'
see 'Tìm kiếm' 'Văn bản đến' '120/UBH-VP' 'rà soát quy hoạch cụm công nghiệp'
open '/tim?q=120/ubh+vp'
see '120/UBH-VP'
open '/tim?q=qui+ho%C3%A1ch'
see 'Không tìm thấy văn bản nào'
notsee '120/UBH-VP'
open '/tim?q=le+quoc+hung'
see 'Người trong cơ quan' 'Lê Quốc Hùng'
open /tim
see 'Tìm trong mọi văn bản được xem'

# The same words give nothing to who may see no document.
as Tam
open '/tim?q=quy+hoach'
see 'Không tìm thấy văn bản nào'
notsee '120/UBH-VP'

# What came to the clerk's desk is told once, and is read when she says so.
as Lan
open /thong-bao
see 'Có văn bản đến chờ tiếp nhận' 'chưa đọc'
press 'Đánh dấu đã đọc'
see 'Đã đọc hết'
notsee 'chưa đọc'
