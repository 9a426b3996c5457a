package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"
)

// Banner is news that stands on every page, such as planned work: E-14. The zero Banner is none.
type Banner struct {
	Text  map[string]string // by language; the key "" serves every other one
	Until time.Time         // shown until then; zero: as long as it is set
}

// Noticed is a page with a banner of its own, for the gallery.
type Noticed struct {
	Page
	Banner Banner
}

// ID tells two banners apart, so that somebody who has put one away is shown the next. "" where there is none.
func (b Banner) ID() string {
	if len(b.Text) == 0 {
		return ""
	}
	h := sha256.New()
	for _, lang := range slices.Sorted(maps.Keys(b.Text)) {
		h.Write([]byte(lang + "\x00" + b.Text[lang] + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// Shows is the ID of what is shown now; "" nothing.
func (b Banner) Shows(now time.Time) string {
	if !b.Until.IsZero() && !now.Before(b.Until) {
		return ""
	}
	return b.ID()
}

// Banner is that of the brand.
func (s *Set) Banner() Banner { return s.brand.Banner }

// BannerText is the banner in the page's language; "" where none is shown.
func (v *view) BannerText() string {
	if !v.Banner {
		return ""
	}
	return first(v.Brand.Banner.Text[v.Lang.Tag], v.Brand.Banner.Text[""])
}
