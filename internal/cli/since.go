package cli

import "time"

// sinceFlags are of commands that do again what was done since a moment, after one
// side came back from an older copy.
type sinceFlags struct {
	Since  time.Time `help:"Từ lúc nào, trước bản sao lưu một ít, ví dụ 2025-03-03T18:00+07:00." format:"2006-01-02T15:04Z07:00" required:""`
	Reason string    `help:"Lý do: thông báo của bên phục hồi, số và ngày văn bản." required:""`
}
