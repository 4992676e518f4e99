package signing

import (
	"errors"
	"fmt"

	"vanthu/internal/fail"
	"vanthu/law"
)

// State names why a key does not sign, or why a file signed elsewhere is not
// taken. It is the cause inside the refusal: errors.Is(err, signing.PINWrong).
type State string

func (s State) Error() string { return "signing: " + string(s) }

// StateOf is the state that an error names; "" when it names none.
func StateOf(err error) State {
	var s State
	errors.As(err, &s)
	return s
}

// The states of a certificate, as its issuer knows it. law:ND23-15
const (
	Expired     State = "expired"
	NotYet      State = "not-yet"
	Revoked     State = "revoked"
	Untrusted   State = "untrusted"
	IssuerEnded State = "issuer-expired"
	Unanswered  State = "revocation-unknown"
	Unfit       State = "unfit"
	Weak        State = "weak"
	Incomplete  State = "incomplete" // entered without the certificate itself
)

// The states of a key and of the consent to use it.
const (
	NoDriver    State = "no-driver"
	NoKey       State = "no-key" // token not plugged in, file gone, credential withdrawn
	KeyBroken   State = "key-broken"
	AgentAway   State = "agent-away"
	ServiceAway State = "service-away"
	ServiceNo   State = "service-refused"
	NoAlgorithm State = "no-algorithm" // the service does not sign over a hash as strong as the key
	PINNeeded   State = "pin-needed"
	PINWrong    State = "pin-wrong"
	PINLocked   State = "pin-locked"
	CodeNeeded  State = "code-needed"
	CodeWrong   State = "code-wrong"
	CodeEnded   State = "code-expired"
	// ConsentWrong: PIN or code, the service does not say which.
	ConsentWrong State = "consent-wrong"
	TooMany      State = "too-many"
	TwoRounds    State = "two-rounds"
	NotWorked    State = "not-worked"
	StampAway    State = "stamp-away"
	SignedAway   State = "signed-away" // the key signs in another program
	// CannotOpen: the device lacks the mechanism that undoes the encryption.
	CannotOpen State = "cannot-open"
	// NeedsHand: the device asks for its PIN each time, so it opens nothing by itself.
	NeedsHand State = "pin-not-kept"
)

// The states of a file that was handed out and comes back.
const (
	TokenUnknown     State = "token-unknown"
	TokenEnded       State = "token-expired"
	TokenUsed        State = "token-used"
	Cancelled        State = "cancelled"
	Superseded       State = "superseded"   // by a later session of the document
	FileChanged      State = "file-changed" // ours, since it was handed out
	NotAnIncrement   State = "not-an-increment"
	Tampered         State = "tampered"
	NoNewSignature   State = "no-new-signature"
	WrongCertificate State = "wrong-certificate"
	BadSignature     State = "bad-signature"
	NoNumber         State = "no-number"
	NoPlace          State = "no-place"
	NoSeal           State = "no-seal"     // the agency's signature shows nothing
	NoMark           State = "no-mark"     // an annex that does not say what it belongs to, or when it was signed
	MarkPlace        State = "mark-place"  // an annex that says it elsewhere than at the upper right of page 1
	AnnexAlone       State = "annex-alone" // the program is told numbers one by one only
	NoForm           State = "no-form"     // a copy that does not say it is one
)

// words are what a person reads in a state: the sentence, what to do now, and
// the field of the form that it is about.
type words struct {
	kind       fail.Kind
	text, next string
	field      string
	refs       []law.Ref
}

var sentences = map[State]words{
	Expired:     {fail.Conflict, "Chứng thư số đã hết hạn.", "Đề nghị cấp chứng thư số mới rồi báo quản trị đăng ký.", "", refs("ND23-15")},
	NotYet:      {fail.Conflict, "Chứng thư số chưa đến ngày có hiệu lực.", "Chờ đến ngày có hiệu lực, hoặc báo quản trị kiểm tra đồng hồ máy chủ.", "", refs("ND23-15")},
	Revoked:     {fail.Conflict, "Chứng thư số đã bị thu hồi.", "Đề nghị cấp chứng thư số mới; không dùng thiết bị này nữa.", "", refs("ND23-15")},
	Untrusted:   {fail.Conflict, "Chứng thư số không thuộc tổ chức chứng thực được tin cậy.", "Dùng chứng thư số khác, hoặc đề nghị người vận hành thêm tổ chức cấp vào danh sách tin cậy.", "", refs("ND23-15", "HT33-11.3")},
	IssuerEnded: {fail.Conflict, "Chứng thư số của tổ chức cấp đã hết hạn.", "Đề nghị cấp lại chứng thư số dưới tổ chức còn hiệu lực.", "", refs("ND23-15")},
	Unanswered:  {fail.Busy, "Chưa kiểm tra được chứng thư số còn hiệu lực hay không, nên chưa ký.", "Thử lại sau ít phút; báo quản trị nếu lỗi kéo dài.", "", refs("ND23-15")},
	Unfit:       {fail.Conflict, "Chứng thư số không dùng để ký văn bản.", "Dùng chứng thư số được cấp để ký.", "", refs("ND23-15")},
	Weak:        {fail.Conflict, "Khóa hoặc chữ ký của chứng thư số quá yếu.", "Đề nghị cấp chứng thư số với khóa RSA từ 2048 bit hoặc ECDSA từ 256 bit.", "", refs("ND23-15")},
	Incomplete:  {fail.Conflict, "Sổ chứng thư số thiếu nội dung của chứng thư số này.", "Đề nghị quản trị đăng ký lại chứng thư số.", "", refs("HT33-4.2")},

	NoDriver:     {fail.Conflict, "Máy chủ chưa được cài để dùng khóa loại này.", "Báo quản trị cài đặt, hoặc ký bằng phần mềm ngoài rồi tải lên.", "", refs("HT33-4.2")},
	NoKey:        {fail.Conflict, "Không tìm thấy khóa ký số.", "Cắm thiết bị ký rồi thử lại; báo quản trị nếu thiết bị đã cắm.", "", refs("HT33-4.2")},
	KeyBroken:    {fail.Conflict, "Không mở được khóa ký số.", "Báo quản trị kiểm tra kho khóa.", "", refs("HT33-4.2")},
	AgentAway:    {fail.Busy, "Chương trình thiết bị ký trên máy chủ không trả lời.", "Thử lại sau ít phút; báo quản trị chạy lại vanthu-token.", "", refs("HT33-4.2")},
	ServiceAway:  {fail.Busy, "Dịch vụ ký số từ xa không trả lời.", "Thử lại sau ít phút; báo quản trị nếu lỗi kéo dài.", "", refs("HT33-4.2")},
	ServiceNo:    {fail.Conflict, "Dịch vụ ký số từ xa không nhận yêu cầu.", "Báo quản trị kiểm tra tài khoản của dịch vụ.", "", refs("HT33-4.2")},
	NoAlgorithm:  {fail.Conflict, "Dịch vụ ký số từ xa không ký bằng khóa này với thuật toán băm đủ mạnh.", "Đề nghị dịch vụ mở cho khóa thuật toán RSA với SHA-256, hoặc ECDSA với SHA-256 (khóa 256 bit), SHA-384 (384 bit), SHA-512 (521 bit).", "", refs("HT33-4.2", "ND23-15")},
	PINNeeded:    {fail.BadInput, "Cần mã PIN của thiết bị ký.", "Nhập mã PIN rồi ký lại.", "pin", refs("HT33-4.2")},
	PINWrong:     {fail.Conflict, "Mã PIN sai.", "Nhập lại mã PIN; sai nhiều lần thì thiết bị bị khóa.", "pin", refs("HT33-4.2")},
	PINLocked:    {fail.Conflict, "Mã PIN bị khóa vì nhập sai nhiều lần.", "Đề nghị đơn vị cấp thiết bị mở khóa.", "pin", refs("HT33-4.2")},
	CodeNeeded:   {fail.BadInput, "Cần mã xác nhận một lần.", "Nhập mã vừa nhận rồi ký lại.", "code", refs("HT33-4.2")},
	CodeWrong:    {fail.Conflict, "Mã xác nhận một lần sai.", "Nhập lại mã, hoặc lấy mã mới.", "code", refs("HT33-4.2")},
	CodeEnded:    {fail.Conflict, "Mã xác nhận đã hết hạn hoặc đã dùng.", "Lấy mã mới rồi ký lại.", "code", refs("HT33-4.2")},
	ConsentWrong: {fail.Conflict, "Mã PIN hoặc mã xác nhận một lần sai.", "Nhập lại cả hai mã; lấy mã mới nếu mã cũ đã dùng.", "code", refs("HT33-4.2")},
	TooMany:      {fail.Conflict, "Khóa này không ký được từng ấy tệp trong một lần xác nhận.", "Chọn ít văn bản hơn rồi ký lại.", "", refs("HT33-10.1.b")},
	TwoRounds:    {fail.Conflict, "Tệp không có chỗ cho số, ngày nên cần hai chữ ký cơ quan nối tiếp, mà mỗi lần xác nhận khóa này chỉ ký được một lượt.", "Ký bằng thiết bị, hoặc soạn lại tệp có dòng số, ngày.", "", refs("HT33-10.1.c.i")},
	NotWorked:    {fail.Conflict, "Ký không thành công.", "Kiểm tra chứng thư số và khóa rồi ký lại.", "", refs("ND23-17")},
	StampAway:    {fail.Busy, "Chưa lấy được dấu thời gian nên chưa ký.", "Thử lại sau ít phút; báo quản trị nếu lỗi kéo dài.", "", refs("ND23-15")},
	SignedAway:   {fail.Conflict, "Khóa này ký bằng phần mềm trên máy của người ký.", "Mở văn bản, chọn “Ký bằng phần mềm ký số”, hoặc tải tệp về ký rồi tải lên.", "", refs("HT33-4.2")},

	CannotOpen: {fail.Conflict, "Thiết bị không mở được tệp mã hóa bằng khóa này.", "Dùng thiết bị mở được RSA-OAEP SHA-256 hoặc ECDH, hoặc đăng ký khóa mở là tệp khóa.", "key", refs("HT33-13.2")},
	NeedsHand:  {fail.Conflict, "Thiết bị đòi mã PIN mỗi lần dùng nên không tự mở được tệp đến.", "Cho vanthu-token giữ mã PIN của thiết bị này (--pin-file, --pin-for), rồi đăng ký lại.", "key", refs("HT33-13.1")},

	TokenUnknown:     {fail.Denied, "Phiên ký ngoài không đúng.", "Mở lại văn bản và bắt đầu ký lại.", "", refs("HT33-4.2")},
	TokenEnded:       {fail.Conflict, "Phiên ký ngoài đã hết hạn.", "Mở lại văn bản và bắt đầu ký lại.", "", refs("HT33-4.2")},
	TokenUsed:        {fail.Conflict, "Phiên ký ngoài đã dùng rồi.", "Mở lại văn bản để xem kết quả, hoặc bắt đầu ký lại.", "", refs("HT33-4.2")},
	Cancelled:        {fail.Conflict, "Người ký đã hủy trong phần mềm ký số.", "Bắt đầu ký lại khi sẵn sàng.", "", refs("HT33-4.2")},
	Superseded:       {fail.Conflict, "Văn bản đã được giao ra ký lại ở một phiên sau.", "Ký trong phiên sau; tệp của phiên này không dùng nữa.", "", refs("HT33-4.2")},
	FileChanged:      {fail.Conflict, "Văn bản đã thay đổi từ khi giao tệp để ký.", "Xem lại bản mới nhất rồi bắt đầu ký lại.", "", refs("ND30-11.2")},
	NotAnIncrement:   {fail.Integrity, "Tệp trả về không phải là tệp đã giao cộng thêm chữ ký.", "Ký đúng tệp đã tải về, không in lại hay lưu thành tệp khác.", "file", refs("ND30-11.2", "HT33-10.1.c.iii")},
	Tampered:         {fail.Integrity, "Tệp trả về có thay đổi khác ngoài chữ ký.", "Tải lại tệp, chỉ ký rồi tải lên.", "file", refs("ND30-11.2", "ND23-17")},
	NoNewSignature:   {fail.Integrity, "Tệp trả về phải có thêm đúng một chữ ký.", "Ký một lần vào tệp đã giao rồi tải lên.", "file", refs("ND30-13", "HT33-10.1.b")},
	WrongCertificate: {fail.Integrity, "Tệp được ký bằng chứng thư số khác với chứng thư số đã đăng ký.", "Ký bằng chứng thư số của mình, hoặc báo quản trị đăng ký chứng thư số này.", "file", refs("HT33-4.2", "HT33-4.1")},
	BadSignature:     {fail.Integrity, "Chữ ký trong tệp trả về không hợp lệ.", "Kiểm tra chứng thư số rồi ký lại.", "file", refs("ND23-17")},
	NoNumber:         {fail.Integrity, "Tệp trả về không mang số, ngày đã cấp.", "Ký đúng tệp đã giao, trong đó đã điền số và ngày.", "file", refs("HT33-10.1.c.i")},
	NoPlace:          {fail.Conflict, "Tệp không có ô số, ngày nên không giao cho phần mềm ngoài ký số cơ quan được.", "Ký số cơ quan bằng thiết bị hoặc dịch vụ nối với máy chủ.", "", refs("HT33-10.1.c.i")},
	NoSeal:           {fail.Integrity, "Chữ ký số của cơ quan trong tệp trả về không hiện hình dấu.", "Trong phần mềm ký số chọn mẫu có hình dấu của cơ quan, đặt vào chỗ đóng dấu, rồi ký lại tệp đã giao.", "file", refs("ND30-PL1.II.8a", "HT33-10.1.c.i")},
	NoMark:           {fail.Integrity, "Chữ ký số trên phụ lục trả về không hiện đúng số, ký hiệu của văn bản và thời gian ký.", "Trong phần mềm ký số chọn “Ký phụ lục”, để hiện số, ký hiệu và thời gian dạng 2026-11-21T08:05:30+07:00, xem lại đồng hồ máy, rồi ký lại tệp đã giao.", "file", refs("ND30-PL1.II.8b", "HT33-10.1.c.v")},
	MarkPlace:        {fail.Integrity, "Số, ký hiệu và thời gian ký trên phụ lục trả về không ở góc trên bên phải trang đầu.", "Trong phần mềm ký số chọn “Ký phụ lục”, đặt chữ ký vào góc trên bên phải trang đầu, rồi ký lại tệp đã giao.", "file", refs("ND30-PL1.II.8b", "HT33-10.1.c.v")},
	AnnexAlone:       {fail.Conflict, "Văn bản có phụ lục ở tệp riêng nên không ký cùng lúc với văn bản khác trong phần mềm ký số được.", "Mở văn bản, chọn “Ký bằng phần mềm ký số”: phần mềm ghi số và thời gian ký lên từng phụ lục.", "", refs("ND30-PL1.II.8b", "HT33-10.1.c.v")},
	NoForm:           {fail.Integrity, "Tệp trả về không ghi hình thức sao đã chọn.", "Trong phần mềm ký số chọn “Ký bản sao”, đúng hình thức sao, rồi tải lên.", "file", refs("ND30-25", "HT33-11.4.a")},
}

// Refuse is the refusal of a state in words for the person. cause, which may
// be nil, is for the log.
func Refuse(s State, cause error) *fail.Error {
	w := sentences[s]
	e := fail.New(w.kind, w.text, w.refs...).Then(w.next)
	if w.field != "" {
		e.Fields = []fail.Field{{Name: w.field, Message: w.text}}
	}
	if cause == nil {
		return e.Because(s)
	}
	return e.Because(fmt.Errorf("%w: %w", s, cause))
}

func refs(r ...law.Ref) []law.Ref { return r }
