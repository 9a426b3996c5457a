package templates

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// The alphabet of text messages, 3GPP TS 23.038, 6.2.1: one septet each, and two for those of the extension.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// How much one text message holds: 140 octets; less where it is one part of several.
const (
	septets     = 160
	septetsMany = 153
	units       = 70
	unitsMany   = 67
)

// parts is how many parts a text message is sent in.
func parts(text string) int {
	length := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			length++
		case strings.ContainsRune(gsmExtension, r):
			length += 2
		default:
			return partsOf(len(utf16.Encode([]rune(text))), units, unitsMany)
		}
	}
	return partsOf(length, septets, septetsMany)
}

func partsOf(length, one, many int) int {
	if length <= one {
		return 1
	}
	return (length + many - 1) / many
}

// gsmLike are signs whose likeness in the alphabet is not found by taking their marks away.
var gsmLike = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "´", "'", "`", "'",
	"–", "-", "—", "-", "‑", "-", "…", "...", "•", "*", "·", "*", "\u00a0", " ", "\u202f", " ", "\u2009", " ",
	"º", "o", "ª", "a", "ı", "i", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D", "œ", "oe", "Œ", "OE",
)

// gsm writes a text in the alphabet of text messages as far as its rules reach: letters that are not in it lose their marks
// (código: codigo), signs become their likeness. Other scripts stay as they are.
func gsm(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(gsmLike.Replace(text)) {
		if strings.ContainsRune(gsmBasic, r) || strings.ContainsRune(gsmExtension, r) || !unicode.Is(unicode.Latin, r) {
			b.WriteRune(r)
			continue
		}
		for _, plain := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, plain) {
				b.WriteRune(plain)
			}
		}
	}
	return b.String()
}
