package templates

import (
	"fmt"
	"math"
	"strconv"
)

// leastContrast is WCAG 2.2, 1.4.3: text against its background.
const leastContrast = 4.5

type rgb [3]uint8

var (
	white = rgb{255, 255, 255}
	black = rgb{}
	night = rgb{0x17, 0x1d, 0x26} // the card in the dark scheme, --gh-card in static/app.css
)

func parseHex(s string) (rgb, error) {
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, fmt.Errorf("colour %q is not of the form #rrggbb", s)
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return rgb{}, fmt.Errorf("colour %q is not of the form #rrggbb", s)
	}
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// luminance is the relative luminance of WCAG 2.2.
func (c rgb) luminance() float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// mix goes from c towards to; share 0 is c, 1 is to.
func (c rgb) mix(to rgb, share float64) rgb {
	var out rgb
	for i := range c {
		out[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(to[i])*share))
	}
	return out
}

// reach mixes c towards to in the smallest step that gives the wanted contrast with the background.
func (c rgb) reach(to, background rgb, wanted float64) rgb {
	for step := 0; step < 256; step++ {
		m := c.mix(to, float64(step)/255)
		if contrast(m, background) >= wanted {
			return m
		}
	}
	return to
}
