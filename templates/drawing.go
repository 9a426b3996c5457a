package templates

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checkDrawing looks at the one thing that gets into a page as markup from outside the templates: the drawing of a QR code. What
// it may be is listed, rather than what it may not: one svg element of rectangles and paths, without text, references or styles.
func checkDrawing(svg string) error {
	if !strings.HasPrefix(svg, "<svg ") {
		return errors.New("it does not begin with an svg element")
	}
	depth, d := 0, xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := drawn(token, depth); err != nil {
				return err
			}
			depth++
		case xml.EndElement:
			depth--
			if depth == 0 && d.InputOffset() != int64(len(svg)) {
				return errors.New("it goes on after its end")
			}
		default:
			return errors.New("it has text or a directive in it")
		}
	}
}

func drawn(e xml.StartElement, depth int) error {
	if known := []string{"rect", "path"}; depth > 0 && !slices.Contains(known, e.Name.Local) {
		return fmt.Errorf("it has a %s element", e.Name.Local)
	}
	for _, a := range e.Attr {
		known := []string{"xmlns", "class", "viewBox", "width", "height", "shape-rendering", "aria-hidden", "focusable", "fill", "d"}
		if a.Name.Space != "" || !slices.Contains(known, a.Name.Local) || strings.Contains(a.Value, "(") {
			return fmt.Errorf("it has the attribute %s", a.Name.Local)
		}
	}
	return nil
}
