package seat

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

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

// SigningProgram is where the signing program of the person's machine listens.
const SigningProgram = "wss://127.0.0.1:8987"

// TakeBackAllPath is where a program brings the files of a batch back.
func TakeBackAllPath(o *office.Office, b office.Bundle) string {
	return DoorPrefix + o.Store.Name() + "/nhieu?t=" + b.Token
}

// BatchAt is the page of a batch of signatures: how far it is.
func BatchAt(batch int64) string { return "/ky-so/" + strconv.FormatInt(batch, 10) }

// JSON answers a script of the signing desk.
func JSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}
