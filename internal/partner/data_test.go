package partner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

func TestCopyData(t *testing.T) {
	big := bytes.Repeat([]byte("gói tin "), 100_000)
	coded := base64.StdEncoding.EncodeToString(big)
	for name, c := range map[string]struct {
		in, want, status string
		bad              bool
	}{
		"as captured":    {`{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"` + coded + `"}`, string(big), "OK", false},
		"data first":     {`{ "data" : "YWJj" , "status":"OK" }`, "abc", "OK", false},
		"escaped slash":  {`{"status":"OK","data":"Pz8\/"}`, "???", "OK", false},
		"line breaks":    {`{"status":"OK","data":"YW\nJj"}`, "abc", "OK", false},
		"no data":        {`{"status":"FAIL","ErrorCode":"18","ErrorDesc":"không \"có\"","data":null}`, "", "FAIL", false},
		"number":         {`{"status":"OK","total":12,"ok":true}`, "", "OK", false},
		"cut off":        {`{"status":"OK","data":"YWJj`, "", "", true},
		"not base64":     {`{"status":"OK","data":"!!!!"}`, "", "", true},
		"a page instead": {`<html>502</html>`, "", "", true},
		"empty":          {``, "", "", true},
		"list":           {`{"data":"YWJj","rows":[1]}`, "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			a, err := copyData(&out, strings.NewReader(c.in))
			if c.bad != (err != nil) {
				t.Fatalf("%v", err)
			}
			if err == nil && (out.String() != c.want || a.Status != c.status) {
				t.Fatalf("%d bytes, %+v", out.Len(), a)
			}
		})
	}
}

// Whatever copyData takes, encoding/json reads the same.
func FuzzCopyData(f *testing.F) {
	f.Add(`{"status":"OK","ErrorCode":"0","data":"YWJj"}`)
	f.Add(`{"data":null,"status":"x\"y"}`)
	f.Add(`{"n":1e3 ,"data":"Pz8\/"}`)
	f.Fuzz(func(t *testing.T, in string) {
		var out bytes.Buffer
		a, err := copyData(&out, strings.NewReader(in))
		if err != nil {
			return
		}
		var b struct {
			Status string
			Data   *string
		}
		if json.NewDecoder(strings.NewReader(in)).Decode(&b) != nil || strings.Count(in, "data") != 1 || strings.Count(strings.ToLower(in), "status") != 1 {
			return // looser than JSON, or members given twice
		}
		if b.Data == nil {
			return
		}
		want, err := base64.StdEncoding.DecodeString(*b.Data)
		if err == nil && (!bytes.Equal(want, out.Bytes()) || a.Status != b.Status) {
			t.Fatalf("%q %q, want %q %q", a.Status, out.Bytes(), b.Status, want)
		}
	})
}
