story 'Đăng ký văn bản giấy có cảnh báo trùng; tài liệu mật không vào hệ thống dưới bất kỳ dạng nào'  law ND30-22 ND30-PL6.III.1h BRVT1842-9.2 HT33-8.1 HT33-1.2 GL443-3.4.i ND30-PL6.II HT33-6

at 3/3/2025 08:10
as hoa
open /den/dang-ky
see 'Số đến 170'
# An empty form: every field is named, and the book does not move.
press 'Lưu và tiếp'
status 422
see 'Cần có trích yếu.' 'Số đến 170'
nojournal document.registered
# A wrong day and a wrong number of pages, with all that was typed still there.
press 'Lưu và tiếp' 'Số'='12' 'Ký hiệu'='CV-CT' 'Ngày văn bản'='32/13/2025' 'Cơ quan ban hành'='UBND xã B' 'Trích yếu'='V/v sửa chữa đường trục xã' 'Số trang'='nhiều'
status 422
see '32/13/2025' 'V/v sửa chữa đường trục xã' 'CV-CT' 'Số trang là một số.'
nojournal document.registered
upload 'Bản quét' testdata/corpus/scan.pdf
press 'Lưu và tiếp' 'Ngày văn bản'=27/2/2025 'Số trang'='3'
see 'Đã vào sổ, số đến 170: 12/CV-CT.'
journal document.registered '12/CV-CT'

# The same number, notation and agency again, in another spelling.
press 'Lưu và tiếp' 'Số'='012' 'Ký hiệu'='cv-ct' 'Ngày văn bản'=27/2/2025 'Cơ quan ban hành'='UBND xã B' 'Trích yếu'='Sửa đường'
status 409
see 'Trùng số, ký hiệu và cơ quan ban hành' 'đã vào sổ, số đến 170'
nojournal document.registered
# Another agency's document of the same number is no duplicate.
press 'Lưu và tiếp' 'Cơ quan ban hành'='Sở Nội vụ'
see 'Đã vào sổ'
journal document.registered

# What waits at the gate by hub is the same document: the electronic one is to be taken in.
open /den/dang-ky
press 'Lưu và tiếp' 'Số'='100' 'Ký hiệu'='BC-SNV' 'Ngày văn bản'=28/2/2025 'Cơ quan ban hành'='Sở Nội vụ' 'Trích yếu'='Báo cáo biên chế quý I' 'Loại văn bản'='Báo cáo'
status 409
see 'tiếp nhận bản điện tử ấy, không cấp số thứ hai'

# Files that are not what they say, need a password or are cut off.
open /den/dang-ky
upload 'Bản quét' testdata/corpus/fake.pdf
press 'Lưu và tiếp' 'Số'='13' 'Ký hiệu'='CV-CT' 'Ngày văn bản'=27/2/2025 'Cơ quan ban hành'='UBND xã B' 'Trích yếu'='V/v cấp nước'
status 415
see 'fake.pdf' 'không phải là tệp PDF như tên gọi' 'V/v cấp nước'
open /den/dang-ky
upload 'Bản quét' testdata/corpus/encrypted.pdf
press 'Lưu và tiếp' 'Số'='13' 'Ký hiệu'='CV-CT' 'Ngày văn bản'=27/2/2025 'Cơ quan ban hành'='UBND xã B' 'Trích yếu'='V/v cấp nước'
status 415
see 'encrypted.pdf' 'mật khẩu' 'V/v cấp nước'
notsee 'trailer'
# The right file in its place: the refused one is not in the way.
upload 'Bản quét' testdata/giay-77.pdf
press 'Lưu và tiếp'
see 'Đã vào sổ'
journal document.registered '13/CV-CT'
open /den/dang-ky
upload 'Bản quét' testdata/corpus/truncated.pdf
press 'Lưu và tiếp' 'Số'='14' 'Ký hiệu'='CV-CT' 'Ngày văn bản'=27/2/2025 'Cơ quan ban hành'='UBND xã B' 'Trích yếu'='V/v cấp nước'
status 415
see 'truncated.pdf' 'V/v cấp nước'
nojournal document.registered

# Secrets: by level, by the words of the subject, by the name of the file, by the stamp on the page.
as an
open /du-thao/moi
press 'Lưu dự thảo' 'Độ mật'='Tối mật' 'Trích yếu'='V/v phương án bảo vệ' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A'
status 422
see 'Tài liệu bí mật nhà nước không được soạn, lưu hoặc gửi trên hệ thống này.' 'máy độc lập, sổ giấy riêng' 'Khoản 2 Điều 1'
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-thu-hoi.pdf
press 'Lưu dự thảo' 'Trích yếu'='MẬT: phương án bảo vệ' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A'
status 422
see 'Tài liệu bí mật nhà nước'
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-mat.pdf
press 'Lưu dự thảo' 'Trích yếu'='V/v phương án bảo vệ công trình' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A'
status 422
see 'Tài liệu bí mật nhà nước' 'V/v phương án bảo vệ công trình'
# Its file is not kept for another try.
notsee 'đã giữ lại' 'cv-mat.pdf'
nojournal document.drafted
open /du-thao
notsee 'phương án bảo vệ'
open '/tim?q=phuong+an+bao+ve'
notsee 'V/v phương án bảo vệ công trình'

# A mark that keeps a document off the exchange: it may be drafted, not sent there.
open /du-thao/moi
upload 'Văn bản chính' testdata/cv-thu-hoi.pdf
press 'Lưu dự thảo' 'Phạm vi lưu hành'='LƯU HÀNH NỘI BỘ' 'Trích yếu'='V/v góp ý dự thảo quy chế quản lý công viên cây xanh' 'Người ký'='Lê Quốc Hùng, Giám đốc' 'Nơi nhận'='UBND huyện A'
see 'Đã lưu dự thảo.'
press 'Trình'
as thu
open /
follow 'công viên cây xanh'
press 'Đồng ý, chuyển tiếp'
as phuc
open /
follow 'công viên cây xanh'
press 'Thể thức đạt'
as hung
open /
follow 'công viên cây xanh'
press 'Duyệt và ký'
as lan
open /
follow 'Cấp số' beside 'công viên cây xanh'
press 'Cấp số'
press 'Ký số cơ quan'
as phuc
open /
follow 'công viên cây xanh'
press 'Đạt, cho phát hành'
as lan
open /
follow 'Phát hành' beside 'công viên cây xanh'
see 'LƯU HÀNH NỘI BỘ' 'không được gửi qua trục liên thông'
press 'Phát hành'
status 422
see 'không được gửi qua trục liên thông' 'Gửi bản giấy'
nojournal document.issued
