package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// description is openapi.json as the tests need it.
type description struct {
	Paths map[string]map[string]struct {
		Security    *[]any `json:"security"`
		RequestBody struct {
			Required bool `json:"required"`
			Content  map[string]struct {
				Schema map[string]any `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
		Responses map[string]struct {
			Content map[string]struct {
				Schema map[string]any `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

func described(t testing.TB) (d description) {
	t.Helper()
	if err := json.Unmarshal(openapi, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The description and the route table name the same calls, and the same ones
// are public.
func TestDescriptionIsTheRouteTable(t *testing.T) {
	d := described(t)
	want := map[string]bool{}
	for _, r := range (&server{}).routes() {
		if r.auth != signed {
			want[r.pattern] = r.auth == anyone
		}
	}
	got := map[string]bool{}
	for path, ops := range d.Paths {
		for method, op := range ops {
			got[strings.ToUpper(method)+" "+path] = op.Security != nil && len(*op.Security) == 0
		}
	}
	if !maps.Equal(want, got) {
		t.Fatalf("routes %v\ndescribed %v", want, got)
	}
}

// Every word that a refusal may carry is described, and no other, so that programs
// can rest on them (rfc9457:3.1).
func TestCodesAreDescribed(t *testing.T) {
	source, err := os.ReadFile("../hub/refusal.go")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"wrong_method", "incomplete_body", "internal"}
	for _, m := range regexp.MustCompile(`Code = "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, m[1])
	}
	want = slices.AppendSeq(want, maps.Values(codes))
	slices.Sort(want)
	var got []string
	for _, c := range described(t).Components.Schemas["Problem"]["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any) {
		got = append(got, c.(string))
	}
	if want = slices.Compact(want); len(want) < 20 || !slices.Equal(got, want) {
		t.Errorf("described %v\nsaid %v", got, want)
	}
}

// checkRequest holds the body of a request that was not refused against what
// the description asks callers to send.
func (d description) checkRequest(at, path, method, body string) error {
	asked := d.Paths[path][strings.ToLower(method)].RequestBody
	if body == "" {
		if asked.Required {
			return fmt.Errorf("%s: taken without the body that is required", at)
		}
		return nil
	}
	if len(asked.Content) == 0 {
		return fmt.Errorf("%s: taken with a body that is not described", at)
	}
	c, ok := asked.Content["application/json"]
	if !ok {
		return nil // a packet: what it must be, its own standard says
	}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return fmt.Errorf("%s: taken, but no JSON: %w", at, err)
	}
	return d.check(at+" request", c.Schema, v)
}

// What is not described is found in requests as in answers.
func TestRequestsAreChecked(t *testing.T) {
	d := described(t)
	for _, x := range []struct {
		method, path, body string
		good               bool
	}{
		{"POST", "/v1/inbox", `{"stored":["a"],"next":{"limit":3}}`, true},
		{"POST", "/v1/inbox", `{"stored":"a"}`, false},
		{"POST", "/v1/inbox", `{"next":{"many":3}}`, false},
		{"POST", "/v1/inbox", `{} {}`, false},
		{"POST", "/v1/inbox", ``, false},
		{"POST", "/v1/inbox/{id}/release", ``, true},
		{"POST", "/v1/inbox/{id}/confirm", `{}`, false},
		{"POST", "/v1/packets", `<edXML/>`, true},
		{"PUT", "/v1/encryption-certificate", `{"agency":"a"}`, false},
	} {
		if err := d.checkRequest("x", x.path, x.method, x.body); (err == nil) != x.good {
			t.Errorf("%s %s %s: %v", x.method, x.path, x.body, err)
		}
	}
}

// check holds a JSON value against a schema of the description: types,
// required and unknown members, enums, patterns.
func (d description) check(at string, schema map[string]any, v any) error {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		s, ok := d.Components.Schemas[name]
		if !ok {
			return fmt.Errorf("%s: no schema %s", at, name)
		}
		return d.check(at, s, v)
	}
	switch schema["type"] {
	case "object":
		return d.checkObject(at, schema, v)
	case "array":
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%s: %T is not an array", at, v)
		}
		for i, x := range list {
			if err := d.check(fmt.Sprintf("%s[%d]", at, i), schema["items"].(map[string]any), x); err != nil {
				return err
			}
		}
	case "string":
		return checkString(at, schema, v)
	case "integer":
		if n, ok := v.(float64); !ok || n != float64(int64(n)) {
			return fmt.Errorf("%s: %v is not an integer", at, v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return fmt.Errorf("%s: %v is not a boolean", at, v)
		}
	default:
		return fmt.Errorf("%s: schema of type %v", at, schema["type"])
	}
	return nil
}

func (d description) checkObject(at string, schema map[string]any, v any) error {
	o, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: %T is not an object", at, v)
	}
	props, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, k := range required {
		if _, ok := o[k.(string)]; !ok {
			return fmt.Errorf("%s: %v is missing", at, k)
		}
	}
	for k, x := range o {
		p, ok := props[k].(map[string]any)
		if !ok {
			if schema["additionalProperties"] == false {
				return fmt.Errorf("%s: %s is not described", at, k)
			}
			continue
		}
		if err := d.check(at+"."+k, p, x); err != nil {
			return err
		}
	}
	return nil
}

func checkString(at string, schema map[string]any, v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%s: %T is not a string", at, v)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, any(s)) {
		return fmt.Errorf("%s: %q is not one of %v", at, s, enum)
	}
	if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(s) {
		return fmt.Errorf("%s: %q does not match %s", at, s, p)
	}
	return nil
}
