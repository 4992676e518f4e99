story 'Đăng ký đủ các loại ô'  law HN20-2
at 2025-03-03 08:05
as lan
open /den
see 'Văn bản đến' 'Phối hợp rà soát'
follow 'Đăng ký'
upload 'Tệp văn bản' sample.txt
fill 'Trích yếu'='Phối hợp
    rà soát' 'Ngày văn bản'=3/3/2025
choose 'Loại văn bản'='Công văn'
check 'Có bản giấy'
press 'Lưu và tiếp'
    Nơi nhận='Sở Xây dựng; Hội X'
    Cơ quan='UBND huyện A'
    Độ khẩn='Hỏa tốc'
    Số='120'
    'Số và ký hiệu'="UBH-VP"
see 'Văn bản 414'
see 'sample.txt 14'
see 'trich_yeu Phối hợp rà soát' 'ngay 2025-03-03' 'so 120' 'ky_hieu UBH-VP'
see 'loai cv' 'noi_nhan 1+3' 'co_quan H99.31' 'khan 2' 'giay on' 'ma m1' 'viec tiep'
journal document.registered 'rà soát'
nojournal document.registered
save 'Số đến' as so
see 'Văn bản $so'
save 'so' as socv
see '${socv}'
issue 'Sở Xây dựng' as the
file $the has 'chứng thư của Sở Xây dựng'
sign sample.txt 'Sở Xây dựng' 'phụ lục' '414/SXD' as daky
file $daky has 'Sở Xây dựng ký, hiện ["phụ lục" "414/SXD"]'
