package templates

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed static
var static embed.FS

// An Asset is a static file. Its name carries a hash of its content, so it may be cached for ever.
type Asset struct {
	Name        string // such as app.3f2a9c1b.css; served as /static/NAME
	ContentType string
	Body        []byte
	Gzip        []byte // nil where it would not be smaller
}

// Assets lists the static files by name, and the icon a second time under the name "favicon" for /favicon.ico, which browsers
// ask for by themselves. The map is the caller's; the bytes are shared and not to be changed.
func (s *Set) Assets() map[string]Asset {
	out := map[string]Asset{"favicon": s.assets[strings.TrimPrefix(s.paths["favicon.svg"], "/static/")]}
	for name, asset := range s.assets {
		out[name] = asset
	}
	return out
}

func (s *Set) loadAssets() error {
	s.assets, s.paths = map[string]Asset{}, map[string]string{}
	w := newPacker()
	const script = "text/javascript; charset=utf-8"
	for _, file := range []struct {
		name, contentType string
		parts             []string // what it is put together from, so that a page asks once
	}{
		{"app.css", "text/css; charset=utf-8", []string{"app.css"}},
		{"support.css", "text/css; charset=utf-8", []string{"support.css"}},
		{"paper.css", "text/css; charset=utf-8", []string{"paper.css"}},
		{"form.js", script, []string{"once.js", "password.js", "tongue.js"}},
		{"post.js", script, []string{"post.js"}},
		{"passkey.js", script, []string{"passkey.js"}},
		{"code.js", script, []string{"code.js"}},
		{"sheet.js", script, []string{"sheet.js"}},
		{"stay.js", script, []string{"stay.js"}},
		{"fragment.js", script, []string{"fragment.js"}},
		{"browser.js", script, []string{"browser.js"}},
		{"enroll.js", script, []string{"enroll.js"}},
	} {
		var body []byte
		for _, part := range file.parts {
			text, err := static.ReadFile("static/" + part)
			if err != nil {
				return err
			}
			body = append(body, text...)
		}
		s.addAsset(w, file.name, file.contentType, body)
	}
	icon, err := static.ReadFile("static/favicon.svg")
	if err != nil {
		return err
	}
	s.addAsset(w, "favicon.svg", "image/svg+xml", bytes.ReplaceAll(icon, []byte("#000000"), []byte(s.brand.Accent)))
	s.addAsset(w, "brand.css", "text/css; charset=utf-8", []byte(s.brand.css()))
	if len(s.brand.Logo) == 0 {
		return nil
	}
	contentType, err := logoType(s.brand.Logo)
	if err != nil {
		return err
	}
	s.addAsset(w, "logo."+map[string]string{"image/png": "png", "image/svg+xml": "svg"}[contentType], contentType, s.brand.Logo)
	return nil
}

func (s *Set) addAsset(w *gzip.Writer, name, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	stem, ext, _ := strings.Cut(name, ".")
	a := Asset{Name: fmt.Sprintf("%s.%s.%s", stem, hex.EncodeToString(sum[:4]), ext), ContentType: contentType, Body: body}
	if packed := pack(w, body); len(packed) < len(body) {
		a.Gzip = packed
	}
	s.assets[a.Name] = a
	s.paths[name] = "/static/" + a.Name
}

// newPacker makes the one writer that packs all assets: each takes 800 kB, and time to make.
func newPacker() *gzip.Writer {
	w, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}

func pack(w *gzip.Writer, body []byte) []byte {
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
