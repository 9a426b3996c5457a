package templates

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"time"
)

// InvitationLetter is the letter with an activation code that an office prints: M-05 on paper. It is a whole document of its own.
type InvitationLetter struct {
	Name    string    // of the person; "" leaves the line out
	Code    string    // as it is printed, in three groups
	Picture string    // a QR code as SVG of ours, with the address and the code
	Address string    // where to type the code, as it is read aloud: host and path
	Made    time.Time // the date of the letter
	Until   time.Time // the code is good no longer
	Other   bool      // the record is somebody else's, for whom the person cares
	Alone   bool      // a file: it carries its style and logo in itself, since nothing else is at hand where it is printed
}

// Template names the page's template.
func (InvitationLetter) Template() string { return "invitation" }

func (InvitationLetter) heading() string { return "invitation.title" }

// PaperStyle is the style of a letter that stands alone.
func (v *view) PaperStyle() template.CSS {
	var css []byte
	for _, name := range []string{"paper.css", "brand.css"} {
		css = append(css, v.set.assets[v.set.paths[name][len("/static/"):]].Body...)
	}
	return template.CSS(css) //nolint:gosec // ours, and the brand's colour
}

// PaperLogo is the operator's logo within the letter, "" for the built-in mark.
func (v *view) PaperLogo() (template.URL, error) {
	if len(v.Brand.Logo) == 0 {
		return "", nil
	}
	contentType, err := logoType(v.Brand.Logo)
	if err != nil {
		return "", err
	}
	return template.URL(fmt.Sprintf("data:%s;base64,%s", contentType, base64.StdEncoding.EncodeToString(v.Brand.Logo))), nil //nolint:gosec // an image that New checked
}

// Tongues are the other languages of the house: whoever cannot read the letter finds a line to call by.
func (v *view) Tongues() []elsewhere {
	var all []elsewhere
	for _, l := range v.set.languages {
		if l.Tag == v.Lang.Tag {
			continue
		}
		other := *v
		other.Lang, other.words = l, v.set.words[l.Tag]
		all = append(all, elsewhere{Language: l, view: &other})
	}
	return all
}
