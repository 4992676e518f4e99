story 'Trả lại' law HT33-8.2.iii HT33-8.2.ix

as hoa
open /den/cho-tiep-nhan
