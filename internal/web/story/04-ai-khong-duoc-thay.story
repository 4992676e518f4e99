story 'Ai không được thấy, ai không được làm: như không có trang, hoặc bị từ chối có nêu điều khoản'
    law HN20-7.1.b HN20-8.1.b HN20-6.1.a HT33-4.2 HT33-10.1.a HT33-10.1.c.i ND30-13 ND30-15 ND30-22 BRVT1842-10.4 HN20-10.1.a

at 3/3/2025 08:05
# Nobody gets anywhere without signing in.
as nobody
open /den/
see 'Chọn một người'
notsee 'Văn bản đến'

# A draft is seen by its drafter and whoever is on its way.
as binh
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-thu-hoi.pdf
press 'Lưu dự thảo' 'Trích yếu'='V/v góp ý dự thảo quy chế quản lý công viên cây xanh' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='Sở Nội vụ'
see 'Đã lưu dự thảo.'
