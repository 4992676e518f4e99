package pkcs12

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidPBES2  = oid(1, 2, 840, 113549, 1, 5, 13)
	oidPBKDF2 = oid(1, 2, 840, 113549, 1, 5, 12)
)

// scheme is a block cipher with the length of its key in bytes.
type scheme struct {
	key  int
	open func(key []byte) (cipher.Block, error)
}

// The schemes of PKCS#12, SHA-1 with each. rfc7292:C
var ownSchemes = map[string]scheme{
	oid(1, 2, 840, 113549, 1, 12, 1, 3): {24, des.NewTripleDESCipher},
	oid(1, 2, 840, 113549, 1, 12, 1, 4): {16, twoKeyDES},
	oid(1, 2, 840, 113549, 1, 12, 1, 5): {16, newRC2},
	oid(1, 2, 840, 113549, 1, 12, 1, 6): {5, newRC2},
}

// The ciphers of PBES2; their parameters are the IV. rfc8018:B.2 rfc3565:4.1
var pbes2Schemes = map[string]scheme{
	oid(1, 2, 840, 113549, 3, 7):         {24, des.NewTripleDESCipher},
	oid(2, 16, 840, 1, 101, 3, 4, 1, 2):  {16, aes.NewCipher},
	oid(2, 16, 840, 1, 101, 3, 4, 1, 22): {24, aes.NewCipher},
	oid(2, 16, 840, 1, 101, 3, 4, 1, 42): {32, aes.NewCipher},
}

func twoKeyDES(key []byte) (cipher.Block, error) {
	return des.NewTripleDESCipher(append(key[:16:16], key[:8]...))
}

// decrypt opens what a scheme of PKCS#12 or PBES2 closed.
func (o *opener) decrypt(by algorithm, sealed []byte) ([]byte, error) {
	block, iv, err := o.cipher(by)
	if err != nil {
		return nil, err
	}
	if len(sealed) == 0 || len(sealed)%block.BlockSize() != 0 {
		return nil, ErrMalformed
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, sealed)
	// The MAC has proven the password, so that nothing is given away here; without
	// one this is where a wrong password shows. rfc8018:6.1.2
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > block.BlockSize() {
		return nil, ErrPassword
	}
	for _, b := range plain[len(plain)-pad:] {
		if int(b) != pad {
			return nil, ErrPassword
		}
	}
	return plain[:len(plain)-pad], nil
}

func (o *opener) cipher(by algorithm) (block cipher.Block, iv []byte, err error) {
	if by.id == oidPBES2 {
		return o.pbes2(by)
	}
	s, known := ownSchemes[by.id]
	if !known {
		return nil, nil, unsupported("cách mã hóa %s", by.id)
	}
	key, iv, err := o.pbe(by, s.key, des.BlockSize) // of RC2 too
	if err != nil {
		return nil, nil, err
	}
	block, err = s.open(key)
	return block, iv, err
}

// pbes2 reads PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme }.
// rfc8018:A.4
func (o *opener) pbes2(by algorithm) (block cipher.Block, iv []byte, err error) {
	var seq, vector cryptobyte.String
	if !by.params.ReadASN1(&seq, casn1.SEQUENCE) {
		return nil, nil, ErrMalformed
	}
	kdf, ok := readAlgorithm(&seq)
	enc, ok2 := readAlgorithm(&seq)
	if !ok || !ok2 {
		return nil, nil, ErrMalformed
	}
	s, known := pbes2Schemes[enc.id]
	if kdf.id != oidPBKDF2 || !known {
		return nil, nil, unsupported("cách mã hóa %s với %s", enc.id, kdf.id)
	}
	key, err := o.pbkdf2(kdf, s.key)
	if err != nil {
		return nil, nil, err
	}
	if block, err = s.open(key); err != nil {
		return nil, nil, err
	}
	if !enc.params.ReadASN1(&vector, casn1.OCTET_STRING) || len(vector) != block.BlockSize() {
		return nil, nil, ErrMalformed
	}
	return block, vector, nil
}
