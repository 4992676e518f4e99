package document

import "testing"

// A renewed file stands for the one it took over; two annexes of one name in
// two versions, and files that are not sealed, stay.
func TestLatest_ND23_17(t *testing.T) {
	all := []File{{ID: 1, Slot: Body, Name: "a"}, {ID: 2, Slot: Body, Name: "a"}, {ID: 3, Slot: Sealed_, Version: 1, Name: "b"},
		{ID: 4, Slot: SealedAnnex, Version: 1, Name: "c"}, {ID: 5, Slot: SealedAnnex, Version: 2, Name: "c"},
		{ID: 6, Slot: Sealed_, Version: 1, Name: "b"}, {ID: 7, Slot: SealedAnnex, Version: 2, Name: "c"}}
	var got []FileID
	for _, f := range Latest(all) {
		got = append(got, f.ID)
	}
	want := []FileID{1, 2, 4, 6, 7}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
