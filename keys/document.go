package keys

import (
	"crypto"
	"crypto/x509"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const documentVersion = 1

// document is the ring as it is stored: sealed JSON. It holds bare private keys and never leaves this package unsealed.
type document struct {
	redacted
	entries []entry
}

type documentText struct {
	Version int     `json:"version"`
	Keys    []entry `json:"keys"`
}

// entry is one signing key at rest. Entries of an algorithm that this version does not know are kept untouched: during an
// upgrade old and new replicas write the same document.
type entry struct {
	ID        string    `json:"kid"`
	Alg       Alg       `json:"alg"`
	Announced time.Time `json:"announced"`
	Activates time.Time `json:"activates"`
	PKCS8     []byte    `json:"pkcs8"`
}

// documentPlace binds the document to its place, as every sealed value is.
func documentPlace() Where { return Where{Table: "keyring", Column: "doc", Row: "1"} }

func openDocument(sealed []byte, keyset *Keyset) (document, error) {
	if sealed == nil {
		return document{}, nil
	}
	text, err := keyset.Open(sealed, documentPlace())
	if err != nil {
		return document{}, fmt.Errorf("keys: the stored keyring does not open with this keyset; is it the file that belongs to this database? %w", err)
	}
	var parsed documentText
	if err := json.Unmarshal(text, &parsed); err != nil {
		return document{}, errors.New("keys: the stored keyring is not readable")
	}
	if parsed.Version != documentVersion {
		return document{}, fmt.Errorf("keys: the stored keyring has version %d, this Gatehouse knows version %d", parsed.Version, documentVersion)
	}
	return document{entries: parsed.Keys}, nil
}

func (d document) seal(keyset *Keyset) ([]byte, error) {
	text, err := json.Marshal(documentText{Version: documentVersion, Keys: d.entries})
	if err != nil {
		return nil, err
	}
	return keyset.Seal(text, documentPlace())
}

func (d document) metas() []KeyMeta {
	var metas []KeyMeta
	for _, e := range d.entries {
		metas = append(metas, e.meta())
	}
	return metas
}

// perform makes and deletes keys as asked.
func (d document) perform(actions Actions, now time.Time) (document, error) {
	var next document
	gone := map[string]bool{}
	for _, id := range actions.Delete {
		gone[id] = true
	}
	for _, e := range d.entries {
		if !gone[e.ID] {
			next.entries = append(next.entries, e)
		}
	}
	made, err := newEntries(actions.Make, now)
	next.entries = append(next.entries, made...)
	return next, err
}

// newEntries makes keys side by side: whoever starts on an empty store waits for two RSA keys, of a tenth of a second each.
func newEntries(wanted []NewKey, now time.Time) ([]entry, error) {
	made, faults := make([]entry, len(wanted)), make([]error, len(wanted))
	var all sync.WaitGroup
	for i, w := range wanted {
		all.Go(func() { made[i], faults[i] = newEntry(w, now) })
	}
	all.Wait()
	return made, errors.Join(faults...)
}

func newEntry(wanted NewKey, now time.Time) (entry, error) {
	private, err := schemeOf(wanted.Alg).generate()
	if err != nil {
		return entry{}, err
	}
	id, err := keyID(private.Public())
	if err != nil {
		return entry{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return entry{}, err
	}
	return entry{ID: id, Alg: wanted.Alg, Announced: now.UTC(), Activates: wanted.Activates.UTC(), PKCS8: pkcs8}, nil
}

func (e entry) meta() KeyMeta {
	return KeyMeta{ID: e.ID, Alg: e.Alg, Announced: e.Announced, Activates: e.Activates}
}

// private reads the key and makes sure that it is what the entry says.
func (e entry) private() (crypto.Signer, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(e.PKCS8)
	if err != nil {
		return nil, fmt.Errorf("keys: signing key %s is not readable", e.ID)
	}
	private, ok := parsed.(crypto.Signer)
	if !ok || !schemeOf(e.Alg).fits(private) {
		return nil, fmt.Errorf("keys: signing key %s is not one for %s", e.ID, e.Alg)
	}
	id, err := keyID(private.Public())
	if err != nil {
		return nil, err
	}
	if id != e.ID {
		return nil, fmt.Errorf("keys: signing key %s has the id of another", e.ID)
	}
	return private, nil
}

// keyID derives a kid: the first 80 bits of the RFC 7638 thumbprint in lower-case base32. It takes 16 characters in every
// token, where the whole thumbprint would take 43.
func keyID(public crypto.PublicKey) (string, error) {
	thumbprint, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(thumbprint[:10])), nil
}
