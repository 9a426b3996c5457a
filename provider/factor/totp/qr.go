package totp

import (
	"errors"
	"fmt"
	"image/color"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// URI is the otpauth address of the seed; issuer and label are shown by the app. It is put together here: the library leaves
// an & in the issuer as it is, and a colon, which separates the two, must be in neither.
func (s Seed) URI(issuer, label string) string {
	issuer, label = named(issuer), named(label)
	return "otpauth://totp/" + issuer + ":" + label + "?secret=" + s.text() + "&issuer=" + issuer +
		fmt.Sprintf("&algorithm=SHA1&digits=%d&period=%d", digits, period)
}

// named is a name as part of an address. Not every app reads + as a space.
func named(name string) string {
	name = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(name, ""), ":", " ")), " ")
	return strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

const (
	quiet   = 4    // modules of light around the code (ISO/IEC 18004, 6.3.8)
	longest = 1024 // bytes of an address: denser codes are hard to scan
)

// QR draws an address as an SVG element of ours, without scripts or styles, dark on light with its quiet zone. Nothing of
// the address stands in it as text. It is hidden from screen readers: the page shows the key in words, and labels both.
func QR(address string) (string, error) {
	if len(address) > longest {
		return "", errors.New("totp: too long for a QR code")
	}
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return "", errors.New("totp: no QR code of that") // the library's error holds the address
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return code.At(x, y) == color.Black }
	whole := side + 2*quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 %d %d" width="%d" height="%d"`+
		` shape-rendering="crispEdges" aria-hidden="true" focusable="false"><rect width="%d" height="%d" fill="#fff"/>`+
		`<path fill="#000" d="%s"/></svg>`, whole, whole, 4*whole, 4*whole, whole, whole, path(side, dark)), nil
}

// path draws a rectangle for each run of dark modules in a row.
func path(side int, dark func(x, y int) bool) string {
	var d strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for x < side && dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return d.String()
}
