package demo

import (
	"os"
	"testing"
)

// The pictures can be decoded and are not empty; with VANTHU_SHOTS they are
// kept for the eye.
func TestPictures(t *testing.T) {
	sig, err := signaturePNG("Lê Quốc Hùng")
	if err != nil {
		t.Fatal(err)
	}
	seal, err := sealPNG("SỞ XÂY DỰNG", "UBND TỈNH MẪU")
	if err != nil {
		t.Fatal(err)
	}
	if len(sig) < 2000 || len(seal) < 5000 {
		t.Fatalf("suspiciously small: %d, %d bytes", len(sig), len(seal))
	}
	if dir := os.Getenv("VANTHU_SHOTS"); dir != "" {
		os.WriteFile(dir+"/signature.png", sig, 0o644)
		os.WriteFile(dir+"/seal.png", seal, 0o644)
	}
}
