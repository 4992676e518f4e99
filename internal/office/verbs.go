package office

import (
	"strconv"

	"vanthu/internal/journal"
)

// The verbs of the journal, in the order of the two routes.
const (
	Drafted        journal.Verb = "document.drafted"
	SubmittedIt    journal.Verb = "document.submitted"
	ReturnedIt     journal.Verb = "document.returned"
	ContentPassed  journal.Verb = "document.content_passed"
	FormPassed     journal.Verb = "document.form_passed"
	ApprovedIt     journal.Verb = "document.approved"
	HandedOutIt    journal.Verb = "document.handed_out"
	SignedIt       journal.Verb = "document.signed"
	NumberedIt     journal.Verb = "document.numbered"
	NumberVoided   journal.Verb = "document.number_voided"
	SealedIt       journal.Verb = "document.sealed"
	CheckedIt      journal.Verb = "document.checked"
	IssuedIt       journal.Verb = "document.issued"
	SucceededIt    journal.Verb = "document.succeeded"
	CancelledIt    journal.Verb = "document.cancelled"
	RestampedIt    journal.Verb = "document.restamped"
	NotRestampedIt journal.Verb = "document.not_restamped"
	SentIt         journal.Verb = "document.sent"
	SendFailed     journal.Verb = "document.send_failed"
	StatusCame     journal.Verb = "document.status"
	PaperSentIt    journal.Verb = "document.paper_sent"
	PaperKeptIt    journal.Verb = "document.paper_kept"
	RecallAskedIt  journal.Verb = "document.recall_asked"
	RecallEnded    journal.Verb = "document.recalled"
	RecallDeclined journal.Verb = "document.recall_declined"
	DestroyedIt    journal.Verb = "document.destroyed"

	ArrivedIt      journal.Verb = "document.arrived"
	ChangeCame     journal.Verb = "document.change_came"
	ReplacedIt     journal.Verb = "document.replaced"
	ChangeAgreed   journal.Verb = "document.change_agreed"
	ChangeDeclined journal.Verb = "document.change_declined"
	NotedIt        journal.Verb = "document.noted"
	RegisteredIt   journal.Verb = "document.registered"
	CopySignedIt   journal.Verb = "document.copy_signed"
	PresentedIt    journal.Verb = "document.presented"
	DirectedIt     journal.Verb = "document.directed"
	AssignedIt     journal.Verb = "document.assigned"
	TaskReturned   journal.Verb = "document.task_returned"
	OpenedIt       journal.Verb = "document.opened"
	ProgressedIt   journal.Verb = "document.progress"
	CompletedIt    journal.Verb = "document.completed"
	ClosedIt       journal.Verb = "document.closed"

	CertificateEntered journal.Verb = "certificate.entered"
	CertificateEnded   journal.Verb = "certificate.ended"
	OpeningKeyEntered  journal.Verb = "opening_key.entered"
	OpeningKeyEnded    journal.Verb = "opening_key.ended"
	EncryptionSet      journal.Verb = "encryption.set"
	PictureSet         journal.Verb = "picture.set"
	KeyOffered         journal.Verb = "key.offered"
	KeyTaken           journal.Verb = "key.taken"
	KeyWithdrawn       journal.Verb = "key.withdrawn"
	KeyEntrusted       journal.Verb = "key.entrusted"
	KeyTakenBack       journal.Verb = "key.taken_back"

	HubSeen    journal.Verb = "hub.seen"
	HubDoubted journal.Verb = "hub.doubted"
	HubTrusted journal.Verb = "hub.trusted"

	NotFetchedIt   journal.Verb = "document.not_fetched"
	HubRestored    journal.Verb = "hub.restored"
	PacketsCleared journal.Verb = "packets.cleared"
	OfferedAgainIt journal.Verb = "document.offered_again"
)

// VerbNames are the verbs as a timeline says them.
var VerbNames = map[journal.Verb]string{
	Drafted: "Soạn dự thảo", SubmittedIt: "Trình", ReturnedIt: "Trả lại", ContentPassed: "Duyệt nội dung", FormPassed: "Thể thức đạt",
	ApprovedIt: "Duyệt", HandedOutIt: "Giao tệp để ký", SignedIt: "Ký số", NumberedIt: "Cấp số", NumberVoided: "Hủy số", SealedIt: "Ký số cơ quan",
	CheckedIt: "Kiểm tra cuối", IssuedIt: "Phát hành", SucceededIt: "Thay bằng văn bản khác", CancelledIt: "Hủy dự thảo", RestampedIt: "Gia hạn chứng cứ chữ ký", NotRestampedIt: "Chưa gia hạn được chứng cứ chữ ký", SentIt: "Gửi lên trục", SendFailed: "Chưa gửi được",
	StatusCame: "Trạng thái nơi nhận", PaperSentIt: "Gửi bản giấy", PaperKeptIt: "Lưu bản giấy", RecallAskedIt: "Yêu cầu thu hồi", RecallEnded: "Thu hồi", RecallDeclined: "Từ chối thu hồi", DestroyedIt: "Đã hủy tệp",
	ChangeCame: "Nơi gửi cập nhật", ReplacedIt: "Nơi gửi thay thế", ChangeAgreed: "Đồng ý cập nhật, thay thế", ChangeDeclined: "Từ chối cập nhật, thay thế",
	NotedIt: "Đã xem", ArrivedIt: "Đã đến", RegisteredIt: "Vào sổ", CopySignedIt: "Ký bản sao", PresentedIt: "Trình lãnh đạo", DirectedIt: "Ý kiến chỉ đạo", AssignedIt: "Giao việc",
	TaskReturned: "Trả lại việc", OpenedIt: "Bắt đầu xử lý", ProgressedIt: "Tiến độ", CompletedIt: "Hoàn thành", ClosedIt: "Kết thúc",
	"document.resent": "Gửi lại", "document.followed": "Đã theo dõi", "document.scanned": "Gắn bản quét",
	CertificateEntered: "Đăng ký chứng thư số", CertificateEnded: "Ngừng dùng chứng thư số", OpeningKeyEntered: "Đăng ký khóa mở tệp mã hóa", OpeningKeyEnded: "Ngừng dùng khóa mở tệp mã hóa", EncryptionSet: "Đặt thuật toán mã hóa", PictureSet: "Thay hình chữ ký, con dấu",
	KeyOffered: "Đề nghị bàn giao khóa", KeyTaken: "Nhận bàn giao khóa", KeyWithdrawn: "Thôi bàn giao khóa", KeyEntrusted: "Giao văn thư giữ khóa", KeyTakenBack: "Thôi giao giữ khóa",
	HubSeen: "Xác nhận sổ cái của trục", HubDoubted: "Sổ cái của trục không đáng tin", HubTrusted: "Tin lại trục",
	HubRestored: "Trục phục hồi từ bản sao lưu", NotFetchedIt: "Nơi nhận chưa lấy gói tin", PacketsCleared: "Xóa tệp gói tin quá hạn giữ", OfferedAgainIt: "Gửi lại sau khi trục phục hồi",
	"act.refused": "Bị từ chối",
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
