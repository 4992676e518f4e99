# Whom it concerns is told before a certificate ends, on the desk and by the
# bell, each step in the place of the last.
story 'Cảnh báo chứng thư số sắp hết hạn'  law GL443-12.4 HT33-4.1

at 10/12/2035 08:05
as lan
open /
see 'Chứng thư số của cơ quan còn 22 ngày.' 'Hết hạn 01/01/2036'
open /thong-bao
see 'Chứng thư số của cơ quan hết hạn ngày 01/01/2036, còn không quá 30 ngày'
at 26/12/2035 08:05
as phuc
open /thong-bao
see 'Chứng thư số của cơ quan hết hạn ngày 01/01/2036, còn không quá 7 ngày'
notsee 'không quá 30 ngày'
as mai
open /toi
see 'Chứng thư số của ông/bà còn 6 ngày.' 'Còn 6 ngày'
as tam
open /quan-tri
see 'sắp hết hạn hoặc đã hết hạn'
as an
open /
notsee 'Chứng thư số'
