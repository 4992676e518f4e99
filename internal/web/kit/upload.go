package kit

import (
	"encoding/json"
	"net/http"

	"vanthu/internal/web/part"
)

// UploadPath is where the file field's script sends files ahead, so that the
// person sees how far they are while filling in the rest.
const UploadPath = "/tep-tam"

// Upload answers POST UploadPath with [{"token","name","size"}]: the form then
// sends the token instead of the file. Mount it with Signed.
func (k *Kit) Upload(w http.ResponseWriter, r *http.Request) error {
	f, err := k.Form(w, r)
	if err != nil {
		return err
	}
	list := []part.Kept{}
	for _, x := range f.Files("file") {
		list = append(list, part.Kept{Token: x.Token, Name: x.Name, Size: part.Size(x.Size)})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(list)
}
