package partner

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
)

// Dial makes the driver that an address asks for:
//
//	https://truc.h99.vn             this product's own interface
//	vxp+https://truc.gov.vn/api     the dialect of the national client kit
//	apiltvb+https://lgsp.h99.vn/apiltvb   the provincial REST interface
//	folder:/srv/trao-doi            an exchange folder
//
// code and secret are the agency's at that hub; a folder needs none. client may
// be nil.
func Dial(address, code, secret string, client *http.Client) (Partner, error) {
	dialect, rest, ok := strings.Cut(address, "+")
	if dir, isFolder := strings.CutPrefix(address, "folder:"); isFolder {
		return NewFolder(dir)
	}
	if !ok || strings.Contains(dialect, ":") {
		dialect, rest = "", address
	}
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") {
		return nil, fmt.Errorf("địa chỉ trục “%s” phải bắt đầu bằng https:// hoặc http://", address)
	}
	switch dialect {
	case "":
		return NewHub(rest, code, secret, client), nil
	case "vxp":
		return NewNational(rest, code, secret, client), nil
	case "apiltvb":
		return NewProvincial(rest, code, secret, client), nil
	}
	return nil, fmt.Errorf("không biết kiểu kết nối “%s”: dùng vxp+, apiltvb+, folder: hoặc để trống", dialect)
}

// Certified makes a client that shows a TLS certificate to hubs that ask for
// one; cert and key are PEM files. Without cert it is nil, the driver's own
// (law:QD28-12).
func Certified(cert, key string) (*http.Client, error) {
	if cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("chứng thư TLS: %w", err)
	}
	c := Patient(quiet)
	c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return c, nil
}
