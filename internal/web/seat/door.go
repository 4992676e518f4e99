package seat

import (
	"net/url"

	"vanthu/internal/office"
)

// DoorPrefix is where programs that sign on a person's desk fetch files and
// bring them back; see package kyngoai.
const DoorPrefix = "/ky-ngoai/"

// FetchPath is where a program gets a file that was handed out: its parameter
// FileName, behind the address of this server.
func FetchPath(o *office.Office, f office.SessionFile) string {
	return DoorPrefix + o.Store.Name() + "/" + url.PathEscape(f.Name) + "?t=" + f.Token
}

// TakeBackPath is where it brings the file back: its parameter
// FileUploadHandler.
func TakeBackPath(o *office.Office, f office.SessionFile) string {
	return DoorPrefix + o.Store.Name() + "?t=" + f.Token
}
