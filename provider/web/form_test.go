package web

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gatehouse/provider"
)

type sample struct {
	Username string   `form:"username"`
	Code     string   `form:"code" max:"6"`
	Scopes   []string `form:"scope" max:"8"`
	Keep     bool     `form:"keep"`
}

func TestFormsAreStrict(t *testing.T) {
	var got sample
	f := open(t, nil, Route{Pattern: "POST /x", Handle: Form(func(_ *Request, s sample) (Response, error) {
		got = s
		return Response{Status: 204}, nil
	})})
	cases := []struct {
		name, body, kind string
		want             *sample
	}{
		{"nothing", "", formType, &sample{}},
		{"everything", "username=a+b&code=123456&scope=x&scope=y&keep=on", formType, &sample{"a b", "123456", []string{"x", "y"}, true}},
		{"empty fields", "username=&code=", formType, &sample{}},
		{"with a charset", "username=a", formType + "; charset=UTF-8", &sample{Username: "a"}},
		{"six characters, more bytes", "code=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9", formType, &sample{Code: "éééééé"}},
		{"another charset", "username=a", formType + "; charset=latin1", nil},
		{"an unknown field", "username=a&admin=1", formType, nil},
		{"an unknown field without a value", "username=a&admin=", formType, nil},
		{"another case", "Username=a", formType, nil},
		{"a field twice", "username=a&username=a", formType, nil},
		{"a tick twice", "keep=on&keep=on", formType, nil},
		{"a tick that is none", "keep=yes", formType, nil},
		{"too long", "code=1234567", formType, nil},
		{"too long by default", "username=" + strings.Repeat("a", defaultMax+1), formType, nil},
		{"one of many too long", "scope=a&scope=123456789", formType, nil},
		{"too many", strings.Repeat("scope=a&", maxRepeats) + "scope=a", formType, nil},
		{"not UTF-8", "username=%ff", formType, nil},
		{"NUL", "username=a%00", formType, nil},
		{"a bad escape", "username=%zz", formType, nil},
		{"a semicolon", "username=a;code=1", formType, nil},
		{"an empty name", "=a", formType, nil},
		{"JSON", `{"username":"a"}`, "application/json", nil},
		{"multipart", "username=a", "multipart/form-data; boundary=x", nil},
		{"no type", "username=a", "", nil},
	}
	for _, c := range cases {
		got = sample{}
		headers := []string{"Content-Type", c.kind}
		if c.kind == "" {
			headers = nil
		}
		w := f.ask("POST", "/x", c.body, headers...)
		switch {
		case c.want == nil && w.Code != 400:
			t.Errorf("%s: %d %+v", c.name, w.Code, got)
		case c.want != nil && (w.Code != 204 || !reflect.DeepEqual(got, *c.want)):
			t.Errorf("%s: %d %+v", c.name, w.Code, got)
		}
	}
	if w := f.ask("POST", "/x", "username=a", "Content-Type", formType, "Content-Type", "text/plain"); w.Code != 400 {
		t.Errorf("two content types: %d", w.Code)
	}
}

func TestProtocolFormsLetUnknownFieldsPass(t *testing.T) {
	f := open(t, nil, Route{Kind: Protocol, Pattern: "POST /token", Handle: func(r *Request) (Response, error) {
		err := r.HTTP.ParseForm()
		return Response{Body: []byte(r.PostForm().Get("a") + r.HTTP.PostForm.Get("a") + r.HTTP.Form.Get("q"))}, err
	}})
	if w := f.ask("POST", "/token?q=2", "a=1&b=2", formHeader...); w.Body.String() != "112" {
		t.Errorf("%s", w.Body)
	}
	if w := f.ask("POST", "/token", "a=%zz", formHeader...); w.Code != 400 || !strings.Contains(w.Body.String(), "invalid_request") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestFormRefusesTypesThatAreNone(t *testing.T) {
	refuses := func(name string, make func()) {
		defer func() {
			if recover() == nil {
				t.Errorf("%s is taken", name)
			}
		}()
		make()
	}
	refuses("a number", func() {
		Form(func(*Request, struct {
			N int `form:"n"`
		}) (Response, error) {
			return Response{}, nil
		})
	})
	refuses("no tag", func() { Form(func(*Request, struct{ N string }) (Response, error) { return Response{}, nil }) })
	refuses("a bad max", func() {
		Form(func(*Request, struct {
			N string `form:"n" max:"x"`
		}) (Response, error) {
			return Response{}, nil
		})
	})
	refuses("a name twice", func() {
		Form(func(*Request, struct {
			A, B string `form:"n"`
		}) (Response, error) {
			return Response{}, nil
		})
	})
}

// encode is the way back from a sample to the values that were sent.
func (s sample) encode(sent url.Values) url.Values {
	out := url.Values{}
	put := func(name string, values ...string) {
		if _, was := sent[name]; was {
			out[name] = values
		}
	}
	put("username", s.Username)
	put("code", s.Code)
	put("scope", s.Scopes...)
	if s.Keep {
		out.Set("keep", "on")
	}
	return out
}

func FuzzForm(f *testing.F) {
	for _, seed := range []string{"", "username=a&code=1", "scope=a&scope=b&keep=on", "a=%zz", "username=%ff", "code=%00", "=&=", "keep=on;x", "username=+%2B%26"} {
		f.Add(seed)
	}
	fields := fieldsOf(reflect.TypeFor[sample]())
	f.Fuzz(func(t *testing.T, body string) {
		sent, err := parse(body)
		var got sample
		if err == nil {
			err = decode(sent, fields, reflect.ValueOf(&got).Elem())
		}
		if err != nil {
			if kindOf(err) != provider.BadRequest {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		again, err := parse(got.encode(sent).Encode())
		if err != nil || !reflect.DeepEqual(again, sent) {
			t.Fatalf("%q came back as %v", body, again)
		}
		if len([]rune(got.Code)) > 6 || len(got.Scopes) > maxRepeats || slices.Contains(got.Scopes, "123456789") {
			t.Fatalf("%q is over the limits", body)
		}
	})
}
