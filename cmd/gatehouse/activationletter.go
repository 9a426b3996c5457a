package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"gatehouse/provider"
	"gatehouse/provider/factor/totp"
	"gatehouse/templates"
)

// letters are the pages that draw letters, or all that is missing for them.
func (c inviting) letters() (*templates.Set, error) {
	u, err := url.Parse(c.Issuer)
	local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost" // dev
	var faults []error
	if !local {
		faults = append(faults, checkIssuer(c.Issuer))
	}
	brand, err := Config{Brand: c.Brand, Issuer: c.Issuer, Languages: c.Languages}.brand()
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, fmt.Errorf("a letter says whom it is from and where to go: %w", err)
	}
	pages, err := templates.New(brand, c.Languages)
	if err != nil {
		return nil, err
	}
	return pages, reviewed(pages, c.Unreviewed)
}

// letterFile is a letter that lies beside its name until its invitation is made, so that a folder never holds a letter that is worth
// nothing. The zero letterFile is none.
type letterFile struct{ lies, name string }

// keep gives the letter its name.
func (l letterFile) keep() error {
	if l.name == "" {
		return nil
	}
	return os.Rename(l.lies, l.name)
}

// drop takes it away.
func (l letterFile) drop() error {
	if l.name == "" {
		return nil
	}
	return os.Remove(l.lies)
}

// writeLetter writes the letter of an invitation for its owner only.
func (i inviter) writeLetter(m made, name string) (letterFile, error) {
	text, err := letter(i.pages, i.Issuer, m)
	if err != nil {
		return letterFile{}, err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".letter-*") // for its owner only
	if err != nil {
		return letterFile{}, err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return letterFile{}, errors.Join(err, os.Remove(file.Name()))
	}
	return letterFile{lies: file.Name(), name: name}, nil
}

// letter draws one.
func letter(pages *templates.Set, issuer string, m made) ([]byte, error) {
	qr, err := totp.QR(issuer + "/activate#" + m.Code)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = pages.Render(&b, templates.Frame{Lang: pages.Match(m.Contact.Lang)}, templates.InvitationLetter{
		Name: m.Contact.Name, Code: m.Code, Picture: qr, Address: u.Host + "/activate", Made: m.IssuedAt, Until: m.ExpiresAt,
		Other: m.Relation != provider.Self, Alone: true,
	})
	return b.Bytes(), err
}
