package cli

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"vanthu/cms"
	"vanthu/ledger"
	"vanthu/pades"
	"vanthu/pdf"
)

type verifyCmd struct {
	Files    []string `arg:"" help:"PDF, gói tin edXML, chữ ký CMS (.p7s, .p7m), biên nhận hoặc điểm chốt của trục." type:"existingfile"`
	Detached string   `help:"Tệp đã ký mà chữ ký .p7s đứng riêng; mặc định là tệp cùng tên bỏ đuôi .p7s." type:"existingfile"`
	Trust    string   `help:"Thư mục tin cậy: chứng thư số gốc theo loại, danh sách thu hồi (*.crl), câu trả lời OCSP (*.ocsp), khóa công khai của trục (*.hub)." type:"existingdir"`
	Report   string   `help:"Biên bản kiểm tra đã lưu của tệp PDF (.json): kiểm tra lại bằng chứng cứ trong đó, kể cả khi chứng thư số đã hết hạn." type:"existingfile"`
	JSON     bool     `help:"In báo cáo dạng JSON."`
	Offline  bool     `help:"Không hỏi OCSP, CRL qua mạng." default:"true" negatable:""`
}

// verdict of one file. The names of its JSON form, and of what stands in it,
// are promised in doc/verify.md.
type verdict struct {
	File       string             `json:"file"`
	Kind       fileKind           `json:"kind"`
	Verdict    pades.Verdict      `json:"verdict"`
	Sentence   string             `json:"sentence"`
	Report     *pades.Report      `json:"report,omitempty"` // of a PDF or a CMS signature
	Packet     *packetReport      `json:"packet,omitempty"`
	Receipt    *ledger.Receipt    `json:"receipt,omitempty"`
	Checkpoint *ledger.Checkpoint `json:"checkpoint,omitempty"`
}

type fileKind string

const (
	pdfFile        fileKind = "pdf"
	packetFile     fileKind = "packet"
	cmsFile        fileKind = "cms"
	receiptFile    fileKind = "receipt"
	checkpointFile fileKind = "checkpoint"
	unknownFile    fileKind = "unknown"
)

// trust is what the verdicts rest on.
type trust struct {
	anchors  *cms.Anchors
	evidence cms.Evidence
	hubs     []string // public keys
	fetch    cms.Fetch
	kept     *pades.Report // of an earlier check, which is believed to be as old as it says
}

func (t *trust) options() pades.VerifyOptions {
	return pades.VerifyOptions{Anchors: t.anchors, Evidence: t.evidence, Fetch: t.fetch}
}

// Help tells of the exit status, which scripts rest on.
func (*verifyCmd) Help() string {
	return "Mã thoát: 0 mọi chữ ký hợp lệ; 1 có tệp không hợp lệ; 2 có tệp chưa xác định được hoặc không mang chữ ký nào; " +
		"3 lệnh không chạy được hoặc dừng giữa chừng (sai tham số, không đọc được thư mục tin cậy, bị ngắt)."
}

// notDone is the status of a verify that could not be begun or was stopped: it is
// no verdict on any file.
const notDone exit = 3

// Run prints a verdict per file. Exit status: 0 all valid, 1 one is invalid,
// 2 one cannot be decided (or is not signed, or cannot be read), 3 it could not
// do its work. law:ND23-17
func (c *verifyCmd) Run(ctx context.Context, out io.Writer) error {
	if c.Detached != "" && len(c.Files) != 1 {
		return failed{notDone, errors.New("--detached đi với đúng một tệp chữ ký")}
	}
	if c.Report != "" && len(c.Files) != 1 {
		return failed{notDone, errors.New("--report đi với đúng một tệp PDF")}
	}
	t, err := c.trust()
	if err != nil {
		return failed{notDone, fmt.Errorf("không đọc được thư mục tin cậy: %w", err)}
	}
	if t.kept, err = keptReport(c.Report); err != nil {
		return failed{notDone, err}
	}
	status := exit(0)
	for _, name := range c.Files {
		v, err := c.one(ctx, name, t)
		if ctx.Err() != nil {
			return failed{notDone, errors.New("bị ngắt khi chưa kiểm tra xong " + name)}
		}
		if err != nil {
			v = verdict{File: name, Kind: v.Kind, Verdict: pades.Undecided, Sentence: "Chưa xác định được: " + err.Error() + "."}
		}
		c.print(out, v)
		switch v.Verdict {
		case pades.Valid:
		case pades.Invalid:
			status = 1
		default:
			if status == 0 {
				status = 2
			}
		}
	}
	if status != 0 {
		return status
	}
	return nil
}

func (c *verifyCmd) trust() (*trust, error) {
	t := &trust{anchors: &cms.Anchors{}}
	if !c.Offline {
		t.fetch = cms.Online(&http.Client{Timeout: 20 * time.Second})
	}
	if c.Trust == "" {
		return t, nil
	}
	var err error
	if t.anchors, err = cms.LoadAnchors(os.DirFS(c.Trust)); err != nil {
		return nil, err
	}
	if t.evidence, err = cms.LoadEvidence(os.DirFS(c.Trust)); err != nil {
		return nil, err
	}
	return t, filepath.WalkDir(c.Trust, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".hub" {
			return err
		}
		b, err := os.ReadFile(path)
		t.hubs = append(t.hubs, strings.TrimSpace(string(b)))
		return err
	})
}

// one judges one file by what it is, which its first bytes tell.
func (c *verifyCmd) one(ctx context.Context, name string, t *trust) (verdict, error) {
	f, err := os.Open(name)
	if err != nil {
		return verdict{}, err
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return verdict{}, err
	}
	kind := kindOf(name, head[:n])
	var v verdict
	switch kind {
	case pdfFile:
		v, err = verifyPDF(ctx, f, t)
	case packetFile:
		v, err = verifyPacket(ctx, f, t)
	case cmsFile:
		v, err = verifyCMS(ctx, f, c.Detached, t)
	case unknownFile:
		v, err = verdict{Verdict: pades.Undecided, Sentence: "Không phải PDF, gói tin, chữ ký số CMS, biên nhận hay điểm chốt của trục: không thấy gì được ký."}, nil
	default:
		v, err = verifyLedger(ctx, f, kind, t)
	}
	v.File, v.Kind = name, kind
	return v, err
}

// maxHeld bounds what is held in memory of one PDF: its structure lies at its
// end, so it cannot be examined as it goes by.
const maxHeld = 512 << 20

func verifyPDF(ctx context.Context, f io.Reader, t *trust) (verdict, error) {
	data, err := io.ReadAll(io.LimitReader(f, maxHeld+1))
	if err != nil {
		return verdict{}, err
	}
	if len(data) > maxHeld {
		return verdict{Verdict: pades.Undecided, Sentence: fmt.Sprintf("Tệp PDF lớn hơn %d MB, không kiểm tra được.", maxHeld>>20)}, nil
	}
	r, err := t.judge(ctx, data)
	var unread *pdf.Error
	if errors.As(err, &unread) { // encrypted, damaged, too big: nothing is said about its signatures
		return verdict{Verdict: pades.Undecided, Sentence: unread.Text}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	return verdict{Verdict: r.Result, Sentence: r.Sentence, Report: r}, nil
}

// verifyCMS checks a signature around its content or, where it has none,
// beside it: FILE.p7s signs FILE unless another is named.
func verifyCMS(ctx context.Context, f *os.File, signed string, t *trust) (verdict, error) {
	raw, err := io.ReadAll(io.LimitReader(f, 2*cms.MaxSize))
	if err != nil {
		return verdict{}, err
	}
	if b, _ := pem.Decode(raw); b != nil {
		raw = b.Bytes
	}
	sd, err := cms.Parse(raw)
	switch {
	case errors.Is(err, cms.ErrUnsupported), errors.Is(err, cms.ErrTooLarge):
		return verdict{}, err
	case err != nil:
		return verdict{Verdict: pades.Invalid, Sentence: "Không phải chữ ký số CMS: " + err.Error() + "."}, nil
	}
	var content io.Reader
	if sd.Content == nil || signed != "" {
		if signed == "" {
			signed = strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))
		}
		file, err := os.Open(signed)
		if errors.Is(err, fs.ErrNotExist) {
			return verdict{Verdict: pades.Undecided, Sentence: "Chữ ký đứng riêng mà không thấy tệp đã ký " + signed + "; chỉ tệp đó bằng --detached."}, nil
		}
		if err != nil {
			return verdict{}, err
		}
		defer file.Close()
		content = file
	}
	r, err := pades.VerifyCMS(ctx, raw, content, t.options())
	if err != nil {
		return verdict{}, err
	}
	return verdict{Verdict: r.Result, Sentence: r.Sentence, Report: r}, nil
}

func (c *verifyCmd) print(out io.Writer, v verdict) {
	if c.JSON {
		b, _ := json.MarshalIndent(v, "", "  ") // plain data always marshals
		fmt.Fprintln(out, string(b))
		return
	}
	say(out, "%s: %s", v.File, v.Sentence)
	if v.Report != nil {
		printSignatures(out, "  ", v.Report)
	}
	if v.Packet != nil {
		v.Packet.print(out)
	}
}

func printSignatures(out io.Writer, indent string, r *pades.Report) {
	for _, s := range r.Signatures {
		say(out, "%s%s", indent, s.Sentence)
	}
}

// say prints one line. What it tells may come from the file itself, which must
// neither steer the terminal nor begin a line of its own.
func say(out io.Writer, format string, a ...any) {
	fmt.Fprintln(out, strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, fmt.Sprintf(format, a...)))
}
