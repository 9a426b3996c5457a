package portal

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// frame is what every page shows around its content.
type frame struct {
	Title string
	Brand string
	Apps  []*app
	App   *app // nil on the front page
}

// appView is an app's page, signed in or not.
type appView struct {
	frame
	Notice string
	Answer *apiAnswer
	Person *personView // nil: not signed in
	Token  inspected
	Until  string // end of the access token, in words
	Asked  []fact // the authorization request
	Times  *times // of the session at the provider; nil: not known, or not reported
}

type personView struct {
	Name, Username, Email  string
	ACR, ACRWords          string
	AuthTime, AuthTimeISO  string
	SessionID, SubjectName string
}

type troubleView struct {
	frame
	*trouble
}

func (p *Portal) frame(title string, a *app) frame {
	return frame{Title: title, Brand: p.cfg.Brand, Apps: p.apps, App: a}
}

func (p *Portal) front(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusOK, "front.html", p.frame("Your health, in one place", nil))
}

// show is the app's page. Notice and answer are said once, then forgotten.
func (a *app) show(w http.ResponseWriter, r *http.Request) error {
	view := appView{frame: a.frame(a.Name, a)}
	if s := a.browser(r); s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		a.landed(s, r)
		view.Notice, view.Answer = s.notice, s.answer
		s.notice, s.answer = "", nil
		if s.person != nil {
			var err error
			view.Times, err = a.session(r.Context(), s, http.MethodPost) // to open a page is to do something
			if errors.Is(err, errAway) {
				s.signOut()
				a.begin(w, r, &session{notice: awayNotice}, signingInFor)
				return a.goHome(w, r)
			}
		}
		if s.person != nil {
			a.describe(&view, s)
		}
	}
	a.write(w, http.StatusOK, "app.html", view)
	return nil
}

func (a *app) describe(view *appView, s *session) {
	now := a.cfg.Now()
	authTime := time.Unix(s.person.AuthTime, 0).In(now.Location())
	view.Person = &personView{
		Name:        cmp.Or(s.person.Name, s.person.Username, "A person who shared no name"),
		Username:    cmp.Or(s.person.Username, "not shared"),
		Email:       cmp.Or(s.person.Email, "not shared"),
		ACR:         s.person.ACR,
		ACRWords:    acrWords(s.person.ACR),
		AuthTime:    "The provider did not say",
		SessionID:   cmp.Or(short(s.person.SessionID), "not shared"),
		SubjectName: short(s.person.subject),
	}
	if s.person.AuthTime != 0 {
		view.Person.AuthTime = moment(authTime, now)
		view.Person.AuthTimeISO = authTime.Format(time.RFC3339)
	}
	view.Token = inspect(s.token.AccessToken)
	view.Until = clock(view.Token.Expires().In(now.Location()))
	view.Asked = askedFacts(s.person.request)
}

func askedFacts(request url.Values) []fact {
	members := map[string]any{}
	for name := range request {
		members[name] = request.Get(name)
	}
	return facts(members)
}

func (a *app) showTrouble(w http.ResponseWriter, t *trouble) {
	if t.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	a.write(w, t.Status, "trouble.html", troubleView{a.frame(t.Heading, a), t})
}

// write renders first and answers then, so that half a page is never sent.
func (p *Portal) write(w http.ResponseWriter, status int, page string, view any) {
	var body bytes.Buffer
	err := p.pages.ExecuteTemplate(&body, page, view)
	if err != nil {
		p.cfg.Log.Error("page not rendered", "page", page, "error", err)
		http.Error(w, "Something went wrong here.", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.csp)
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "same-origin") // no-referrer would make our own POSTs say Origin: null
	w.WriteHeader(status)
	_, err = body.WriteTo(w)
	if err != nil {
		p.cfg.Log.Debug("page not sent", "error", err)
	}
}

// contentPolicy allows no scripts but our own file. The sign-out form ends at the provider,
// and browsers hold a form's redirects to form-action too, so it is named.
func contentPolicy(issuer string) string {
	policy := "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	u, err := url.Parse(issuer)
	if err != nil {
		return policy
	}
	return policy + " " + u.Scheme + "://" + u.Host
}
