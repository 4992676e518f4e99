package cms_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log"
	"math/big"
	"sync/atomic"
	"time"

	"vanthu/cms"
)

var serials atomic.Int64

func newSigner() *cms.SoftwareSigner {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serials.Add(1)), NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
		Subject: pkix.Name{CommonName: "Lê Quốc Hùng", Organization: []string{"Sở Nội vụ"}}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		log.Fatal(err)
	}
	s, err := cms.NewSoftwareSigner(key, cert, nil)
	if err != nil {
		log.Fatal(err)
	}
	return s
}

// Sign a content that stays outside, and check the signature value.
func ExampleSignDetached() {
	content := []byte("Quyết định số 01/QĐ-SNV")
	digest := sha256.Sum256(content)
	raw, err := cms.SignDetached(context.Background(), digest[:], crypto.SHA256, newSigner(), cms.Options{})
	if err != nil {
		log.Fatal(err)
	}
	sd, err := cms.Parse(raw)
	if err != nil {
		log.Fatal(err)
	}
	got, err := sd.VerifyContent(sd.Signers[0], content)
	fmt.Println(got.Algorithm, got.Bound, err)
	_, err = sd.VerifyContent(sd.Signers[0], []byte("Quyết định số 02/QĐ-SNV"))
	fmt.Println(err)
	// Output:
	// ECDSA SHA-256 true <nil>
	// nội dung không khớp giá trị băm đã ký
}

// The key may sit on a phone: what waits for it is small and survives storage.
func ExamplePrepare() {
	s := newSigner()
	digest := sha256.Sum256([]byte("x"))
	prepared, err := cms.Prepare(digest[:], crypto.SHA256, s.Certificate(), nil, cms.Options{})
	if err != nil {
		log.Fatal(err)
	}
	signature, err := s.Sign(context.Background(), prepared.Digest, prepared.Hash) // minutes later, elsewhere
	if err != nil {
		log.Fatal(err)
	}
	_, err = prepared.Finish(context.Background(), signature, cms.Options{})
	fmt.Println(err)
	// Output: <nil>
}

// Encrypt to several readers; each opens alone, nobody else does.
func ExampleEncrypt() {
	first, second, outsider := newSigner(), newSigner(), newSigner()
	sealed, err := cms.Encrypt([]byte("Phụ lục"), []*x509.Certificate{first.Certificate(), second.Certificate()}, cms.AES256GCM)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range []*cms.SoftwareSigner{second, outsider} {
		content, err := cms.Decrypt(context.Background(), sealed, cms.NewDecrypter(s))
		fmt.Printf("%s %v\n", content, err)
	}
	// Output:
	// Phụ lục <nil>
	//  dữ liệu không được mã hóa cho chứng thư số này
}

// Who is trusted, and for what: a certificate leads to a root of a kind, or not.
func ExamplePool_BuildChain() {
	known, stranger := newSigner().Certificate(), newSigner().Certificate()
	anchors := &cms.Anchors{} // or cms.LoadAnchors(os.DirFS("trust"))
	anchors.Add(cms.BanCoYeu, known)
	pool := cms.NewPool(anchors)
	chain, err := pool.BuildChain(known, time.Now())
	fmt.Println(chain.Kind, len(chain.Certificates), err)
	_, err = pool.BuildChain(stranger, time.Now())
	fmt.Println(errors.Is(err, cms.ErrNoAnchor))
	// Output:
	// ban-co-yeu 1 <nil>
	// true
}
