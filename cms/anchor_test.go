package cms

import (
	"errors"
	"testing"
	"testing/fstest"
)

// A misspelt folder must not change whose root it is.
func TestRootsInFoldersOfUnknownName_ND23_16(t *testing.T) {
	root := &fstest.MapFile{Data: newPKI(t).root.Raw}
	for name, want := range map[string]AnchorKind{
		"x.crt": Public, "public/x.crt": Public, "demo/a/x.crt": Demo, "ban-co-yeu/x.crt": BanCoYeu,
		"Ban-Co-Yeu/x.crt": "", "khac/ban-co-yeu/x.crt": "",
	} {
		a, err := LoadAnchors(fstest.MapFS{name: root})
		if want == "" {
			if !errors.Is(err, ErrAnchorFolder) {
				t.Errorf("%s: %v", name, err)
			}
		} else if err != nil || len(a.Of(want)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
