package totp

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
)

// The library reads back what we write; that apps do is a matter of the same few parameters.
func TestAppsReadTheAddress(t *testing.T) {
	for _, c := range []struct{ issuer, label, wantIssuer, wantLabel string }{
		{"Example Health", "m•••a", "Example Health", "m•••a"},
		{"Smith & Co", "maria+x@example.org", "Smith & Co", "maria+x@example.org"},
		{"Health: South", "a:b", "Health South", "a b"},
		{"100% = ?#/", "x y", "100% = ?#/", "x y"},
		{" Salud  é\n", "\xffmaría", "Salud é", "maría"},
	} {
		address := rfcSeed().URI(c.issuer, c.label)
		key, err := otp.NewKeyFromURL(address)
		if err != nil {
			t.Fatal(err)
		}
		if key.Type() != "totp" || key.Issuer() != c.wantIssuer || key.AccountName() != c.wantLabel {
			t.Errorf("%s: %s, issuer %q, label %q", address, key.Type(), key.Issuer(), key.AccountName())
		}
		if key.Secret() != strings.ReplaceAll(rfcSeed().Groups(), " ", "") || key.Period() != 30 || key.Digits() != otp.DigitsSix || key.Algorithm() != otp.AlgorithmSHA1 {
			t.Errorf("%s: %d, %v, %v", address, key.Period(), key.Digits(), key.Algorithm())
		}
		if strings.Count(address, ":") != 2 || strings.ContainsAny(address, "+ \n") {
			t.Errorf("%s may be read otherwise", address)
		}
	}
}

func TestTheQRCodeIsTheAddressWithItsQuietZone(t *testing.T) {
	address := rfcSeed().URI("Example Health", "m•••a")
	svg, err := QR(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	side := code.Bounds().Dx()
	if !strings.Contains(svg, fmt.Sprintf(`viewBox="0 0 %d %d"`, side+8, side+8)) {
		t.Errorf("no quiet zone of four modules around %d", side)
	}
	drawn := map[[2]int]bool{}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1) {
		var x, y, wide, back int
		_, _ = fmt.Sscan(strings.Join(run[1:], " "), &x, &y, &wide, &back)
		if wide != back {
			t.Fatalf("not a rectangle: %s", run[0])
		}
		for i := range wide {
			drawn[[2]int{x + i, y}] = true
		}
	}
	dark := 0
	for x := range side {
		for y := range side {
			is := code.At(x, y) == color.Black
			if is {
				dark++
			}
			if drawn[[2]int{x + 4, y + 4}] != is {
				t.Fatalf("module %d, %d is not as it should be", x, y)
			}
		}
	}
	if dark != len(drawn) {
		t.Errorf("%d modules are dark, %d are drawn", dark, len(drawn))
	}
}

// The element stands in a page whose policy allows no style and no script but its own.
func TestTheSVGIsHarmless(t *testing.T) {
	svg, err := QR(rfcSeed().URI(`"><script>`, "m•••a"))
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"xmlns", "class", "viewBox", "width", "height", "shape-rendering", "aria-hidden", "focusable", "fill", "d"}
	var elements []string
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			elements = append(elements, token.Name.Local)
			for _, a := range token.Attr {
				if !slices.Contains(allowed, a.Name.Local) {
					t.Errorf("attribute %s", a.Name.Local)
				}
			}
		case xml.CharData:
			t.Errorf("text %q", token)
		}
	}
	if !slices.Equal(elements, []string{"svg", "rect", "path"}) || !strings.Contains(svg, `aria-hidden="true"`) {
		t.Error(elements)
	}
	if strings.Contains(svg, "GEZD") || strings.Contains(svg, "script") {
		t.Error("the address stands in it")
	}
}

func TestQRRefusesWhatNobodyCouldScan(t *testing.T) {
	if _, err := QR(strings.Repeat("x", longest+1)); err == nil {
		t.Error("too long an address is drawn")
	}
	if _, err := QR(strings.Repeat("é", longest/2)); err != nil {
		t.Error(err)
	}
}

func BenchmarkQR(b *testing.B) {
	address := rfcSeed().URI("Example Health", "m•••a")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := QR(address); err != nil {
			b.Fatal(err)
		}
	}
}
