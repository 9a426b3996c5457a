package web

import "time"

// bannerCookie remembers which banner somebody has put away.
const (
	bannerCookie = "banner"
	bannerKept   = 30 * 24 * time.Hour
)

// banner is whether this page shows it: E-14.
func (x *exchange) banner() bool {
	id := x.house.Templates.Banner().Shows(x.request.Now)
	return id != "" && x.request.Cookie(bannerCookie) != id
}

// away is what the form of the banner sends.
type away struct {
	Back string `form:"back" max:"4096"`
}

// hideBanner answers POST /banner: it is put away in this browser, and the person is back where they were.
func (h *house) hideBanner(_ *Request, form away) (Response, error) {
	return SeeOther(localPath(form.Back)).With(Cookie{Name: bannerCookie, Value: h.Templates.Banner().ID(), MaxAge: bannerKept}), nil
}
