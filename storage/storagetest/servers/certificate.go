package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"time"
)

// Certificate is one for 127.0.0.1 alone, by an authority that was made for it. All three are PEM.
type Certificate struct {
	Authority, Certificate, Key string
}

// NewCertificate makes one that is good for an hour around now.
func NewCertificate(now time.Time) (Certificate, error) {
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test server"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter,
	}
	rootKey, rootErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	leafKey, leafErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	err := errors.Join(rootErr, leafErr)
	if err != nil {
		return Certificate{}, err
	}
	authority, rootErr := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	certificate, leafErr := x509.CreateCertificate(rand.Reader, leaf, root, &leafKey.PublicKey, rootKey)
	key, keyErr := x509.MarshalPKCS8PrivateKey(leafKey)
	return Certificate{
		Authority:   text("CERTIFICATE", authority),
		Certificate: text("CERTIFICATE", certificate),
		Key:         text("PRIVATE KEY", key),
	}, errors.Join(rootErr, leafErr, keyErr)
}

func text(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}
