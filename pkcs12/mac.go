package pkcs12

import (
	"crypto/hmac"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var oidPBMAC1 = oid(1, 2, 840, 113549, 1, 5, 14)

// admit proves the password by MacData ::= SEQUENCE { mac SEQUENCE { AlgorithmIdentifier,
// OCTET STRING }, macSalt OCTET STRING, iterations DEFAULT 1 }. rfc7292:4 rfc9579:5
func (o *opener) admit(password string, content []byte, rest cryptobyte.String) error {
	o.word = wordOf(password)
	if rest.Empty() {
		if password != "" {
			return ErrPassword
		}
		return nil
	}
	var data, info, sum, salt cryptobyte.String
	if !rest.ReadASN1(&data, casn1.SEQUENCE) || !data.ReadASN1(&info, casn1.SEQUENCE) {
		return ErrMalformed
	}
	by, ok := readAlgorithm(&info)
	if !ok || !info.ReadASN1(&sum, casn1.OCTET_STRING) || !data.ReadASN1(&salt, casn1.OCTET_STRING) {
		return ErrMalformed
	}
	rounds := 1
	if !data.Empty() && !readCount(&data, &rounds) {
		return ErrMalformed
	}
	if by.id == oidPBMAC1 {
		return o.pbmac1(by, content, sum)
	}
	h := hashes[by.id]
	if h == nil {
		return unsupported("mã kiểm tra %s", by.id)
	}
	words := []word{o.word}
	if password == "" { // some writers take it for no bytes at all
		words = append(words, word{})
	}
	for _, o.word = range words {
		key, err := o.derive(h(), salt, rounds, forMAC, h().Size())
		if err != nil {
			return err
		}
		m := hmac.New(h, key)
		m.Write(content)
		if hmac.Equal(m.Sum(nil), sum) {
			return nil
		}
	}
	return ErrPassword
}

// pbmac1 checks by PBMAC1-params ::= SEQUENCE { keyDerivationFunc, messageAuthScheme }.
// rfc8018:A.5
func (o *opener) pbmac1(by algorithm, content, sum []byte) error {
	var seq cryptobyte.String
	if !by.params.ReadASN1(&seq, casn1.SEQUENCE) {
		return ErrMalformed
	}
	kdf, ok := readAlgorithm(&seq)
	mac, ok2 := readAlgorithm(&seq)
	if !ok || !ok2 {
		return ErrMalformed
	}
	h := hmacs[mac.id]
	if kdf.id != oidPBKDF2 || h == nil {
		return unsupported("mã kiểm tra %s với %s", mac.id, kdf.id)
	}
	key, err := o.pbkdf2(kdf, asStated)
	if err != nil {
		return err
	}
	m := hmac.New(h, key)
	m.Write(content)
	if !hmac.Equal(m.Sum(nil), sum) {
		return ErrPassword
	}
	return nil
}
