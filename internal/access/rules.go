package access

import (
	"vanthu/internal/org"
	"vanthu/law"
)

// Relation is who somebody is to one document.
type Relation string

// The relations.
const (
	Registrar   Relation = "registrar"   // văn thư who keeps its register
	Overseer    Relation = "overseer"    // lãnh đạo, chánh văn phòng: sees all documents of the agency
	Drafter     Relation = "drafter"     // người soạn thảo
	UnitHead    Relation = "unit_head"   // lãnh đạo đơn vị soạn thảo: content
	FormChecker Relation = "form"        // người kiểm tra thể thức
	Approver    Relation = "approver"    // người duyệt, ký
	Custodian   Relation = "custodian"   // người giữ khóa ký số cơ quan
	KeyKeeper   Relation = "key_keeper"  // văn thư được người ký giao giữ khóa cá nhân
	Director    Relation = "director"    // lãnh đạo cho ý kiến chỉ đạo
	Distributor Relation = "distributor" // lãnh đạo đơn vị được giao: assigns inside the unit
	Lead        Relation = "lead"        // chủ trì
	Coordinator Relation = "coordinator" // phối hợp
	Informed    Relation = "informed"    // nhận để biết
)

// Action is one thing a person may want to do.
type Action string

// The actions.
const (
	See           Action = "see"
	SeeRegister   Action = "see_register"
	CreateDraft   Action = "create_draft"
	Revise        Action = "revise"
	Submit        Action = "submit"
	Cancel        Action = "cancel"
	ReviewContent Action = "review_content"
	CheckForm     Action = "check_form"
	Approve       Action = "approve"
	Sign          Action = "sign"
	Number        Action = "number"
	Seal          Action = "seal"
	FinalCheck    Action = "final_check"
	Issue         Action = "issue"
	RecallIt      Action = "recall"
	VoidNumber    Action = "void_number"
	RecordPaper   Action = "record_paper"
	KeepPaper     Action = "keep_paper"
	FollowUp      Action = "follow_up"
	RegisterPaper Action = "register_paper"
	Receive       Action = "receive"
	Refuse        Action = "refuse"
	AttachScan    Action = "attach_scan"
	SignCopy      Action = "sign_copy"
	Amend         Action = "amend"
	Present       Action = "present"
	Direct        Action = "direct"
	Assign        Action = "assign"
	ReturnTask    Action = "return_task"
	Handle        Action = "handle"
	Complete      Action = "complete"
	Close         Action = "close"
	AnswerRecall  Action = "answer_recall"
	AnswerChange  Action = "answer_change"
	SeeKeys       Action = "see_keys"
	HandOverKey   Action = "hand_over_key"
	Operate       Action = "operate"
	Administer    Action = "administer"
)

// Policy is one line of the table.
type Policy struct {
	Action    Action
	Name      string     // "cho ý kiến chỉ đạo": after "không có quyền …"
	Relations []Relation // who may, for a document
	Roles     []org.Role // who may, where there is no document yet
	Cite      []law.Ref
}

var everybody = []org.Role{org.Clerk, org.Leader, org.Head, org.Chief, org.UnitLeader, org.Official, org.Archivist}

// Rules is the whole policy (requirements §5.1), in the order of the work.
var Rules = []Policy{
	{See, "xem văn bản này", []Relation{Registrar, Overseer, Drafter, UnitHead, FormChecker, Approver, Custodian, KeyKeeper, Director, Distributor, Lead, Coordinator, Informed}, nil, refs("HN20-7.1.b", "HN20-8.1.b")},
	{SeeRegister, "xem sổ đăng ký", nil, []org.Role{org.Clerk, org.Leader, org.Head, org.Chief}, refs("HN20-6.1.a")},

	{CreateDraft, "soạn dự thảo", nil, everybody, refs("ND30-10")},
	{Revise, "sửa dự thảo này", []Relation{Drafter}, nil, refs("ND30-10.3")},
	{Submit, "trình dự thảo này", []Relation{Drafter}, nil, refs("ND30-10.2")},
	{Cancel, "hủy dự thảo này", []Relation{Drafter, Approver}, nil, refs("ND30-10")},
	{ReviewContent, "duyệt nội dung dự thảo này", []Relation{UnitHead}, nil, refs("ND30-12.1")},
	{CheckForm, "kiểm tra thể thức dự thảo này", []Relation{FormChecker}, nil, refs("ND30-12.2")},
	{Approve, "duyệt văn bản này", []Relation{Approver}, nil, refs("ND30-11", "HT33-10.1.a")},
	{Sign, "ký văn bản này", []Relation{Approver, KeyKeeper}, nil, refs("ND30-13", "HT33-10.1.b", "HT33-4.2")},
	{Number, "cấp số cho văn bản này", []Relation{Registrar}, nil, refs("ND30-15", "HT33-10.1.c.i")},
	{Seal, "ký số cơ quan trên văn bản này", []Relation{Custodian}, nil, refs("ND30-32.2", "HT33-4.1")},
	{FinalCheck, "kiểm tra cuối văn bản này", []Relation{FormChecker}, nil, refs("HN20-7.1.d")},
	{Issue, "phát hành văn bản này", []Relation{Registrar}, nil, refs("ND30-18", "HT33-10.1.d")},
	{RecallIt, "thu hồi văn bản này", []Relation{Registrar, Approver}, nil, refs("ND30-18.4")},
	{VoidNumber, "hủy số của văn bản này", []Relation{Registrar}, nil, refs("ND30-15")},
	{FollowUp, "theo dõi nơi nhận của văn bản này", []Relation{Registrar}, nil, refs("QD28-8.2")},
	{RecordPaper, "ghi gửi bản giấy của văn bản này", []Relation{Registrar}, nil, refs("HT33-7.4")},
	{KeepPaper, "ghi bản giấy lưu của văn bản này", []Relation{Registrar}, nil, refs("HT33-10.1.c.ii")},

	{RegisterPaper, "đăng ký văn bản giấy", nil, []org.Role{org.Clerk}, refs("ND30-22", "BRVT1842-9.2")},
	{Receive, "tiếp nhận văn bản này", []Relation{Registrar}, nil, refs("ND30-21", "HT33-8.1")},
	{Refuse, "trả lại văn bản này", []Relation{Registrar}, nil, refs("HT33-8.2.iii")},
	{AttachScan, "gắn bản quét vào văn bản này", []Relation{Registrar}, nil, refs("HT33-8.1")},
	{SignCopy, "ký số bản sao của văn bản này", []Relation{Custodian}, nil, refs("HT33-8.1", "ND30-32.2")},
	{Amend, "đính chính dòng sổ này", []Relation{Registrar}, nil, refs("ND30-22")},
	{Present, "trình văn bản này", []Relation{Registrar}, nil, refs("ND30-23", "HT33-8.3.i")},
	{Direct, "cho ý kiến chỉ đạo văn bản này", []Relation{Director}, nil, refs("HT33-9.i", "GL443-9.2")},
	{Assign, "giao việc trong đơn vị cho văn bản này", []Relation{Distributor}, nil, refs("HN20-7.1.b")},
	{ReturnTask, "trả lại việc này", []Relation{Distributor, Lead, Coordinator}, nil, refs("GL443-14.4")},
	{Handle, "giải quyết văn bản này", []Relation{Lead, Coordinator, Distributor}, nil, refs("ND30-24")},
	{Complete, "báo hoàn thành văn bản này", []Relation{Lead, Coordinator, Distributor}, nil, refs("HT33-9.ii")},
	{Close, "kết thúc văn bản này", []Relation{Registrar}, nil, refs("HN20-7.1.d")},
	{AnswerRecall, "trả lời yêu cầu thu hồi văn bản này", []Relation{Registrar}, nil, refs("ND30-18.4", "QD28-9.2")},
	{AnswerChange, "trả lời cập nhật, thay thế văn bản này", []Relation{Registrar}, nil, refs("QD28-9.2", "QCVN102-2")},

	{SeeKeys, "xem danh mục chứng thư số", nil, []org.Role{org.Admin, org.Clerk, org.Chief, org.Leader, org.Head}, refs("HT33-4.1", "GL443-12.4")},
	{HandOverKey, "bàn giao khóa ký số của cơ quan", nil, append([]org.Role{org.Admin}, everybody...), refs("HT33-4.1", "ND30-32.2b")},

	{Operate, "vận hành trục liên thông", nil, []org.Role{org.Operator}, refs("BRVT1842-10.4")},
	{Administer, "quản trị", nil, []org.Role{org.Admin}, refs("HN20-10.1.a")},
}

var byAction = func() map[Action]Policy {
	m := make(map[Action]Policy, len(Rules))
	for _, p := range Rules {
		m[p.Action] = p
	}
	return m
}()

// Rule is the policy of an action; the zero policy, which allows nobody, for
// an unknown one.
func Rule(a Action) Policy { return byAction[a] }

func refs(r ...law.Ref) []law.Ref { return r }
