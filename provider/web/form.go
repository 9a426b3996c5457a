package web

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"unicode/utf8"
)

// Limits of a form, unless the field's tag says otherwise.
const (
	defaultMax = 256 // characters of one value
	maxRepeats = 64  // values of a []string
)

// Form decodes an application/x-www-form-urlencoded body into T and calls h. It is strict: unknown, repeated or overlong
// fields, other content types and bad encodings are refused as a Problem. A field that was not sent stays zero.
//
// T is a struct of string, []string and bool fields tagged `form:"name" max:"256"`. max counts characters, of each value;
// a []string may be sent 64 times; a bool is true if it was sent as "on", as a tick box does, and nothing else may be
// sent. Form panics for any other T, since that is a fault of the program.
func Form[T any](h func(*Request, T) (Response, error)) Handler {
	fields := fieldsOf(reflect.TypeFor[T]())
	return func(r *Request) (Response, error) {
		var form T
		if r.form == nil {
			return Response{}, refuse("not a form")
		}
		if err := decode(r.form, fields, reflect.ValueOf(&form).Elem()); err != nil {
			return Response{}, err
		}
		return h(r, form)
	}
}

// field is one field of a form.
type field struct {
	index int
	kind  reflect.Kind
	max   int
}

// fieldsOf reads the tags of a struct.
func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, limit := f.Tag.Get("form"), defaultMax
		if text, ok := f.Tag.Lookup("max"); ok {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				panic(fmt.Sprintf("web: form %v: max of %s", t, f.Name))
			}
			limit = n
		}
		plain := f.Type == reflect.TypeFor[string]() || f.Type == reflect.TypeFor[bool]() || f.Type == reflect.TypeFor[[]string]()
		if _, twice := fields[name]; twice || name == "" || !plain || !f.IsExported() {
			panic(fmt.Sprintf("web: form %v: field %s", t, f.Name))
		}
		fields[name] = field{index: i, kind: f.Type.Kind(), max: limit}
	}
	return fields
}

// decode sets the fields of a struct from a form. Its errors name no value, and no field that we do not know.
func decode(form url.Values, fields map[string]field, into reflect.Value) error {
	for name, values := range form {
		f, known := fields[name]
		if !known {
			return refuse("unknown field")
		}
		if len(values) > 1 && f.kind != reflect.Slice || len(values) > maxRepeats {
			return refuse("repeated field " + name)
		}
		for _, v := range values {
			if utf8.RuneCountInString(v) > f.max {
				return refuse("overlong field " + name)
			}
		}
		target := into.Field(f.index)
		switch f.kind {
		case reflect.Slice:
			target.Set(reflect.ValueOf(values))
		case reflect.String:
			target.SetString(values[0])
		default:
			if values[0] != "on" {
				return refuse("field " + name + " is no tick")
			}
			target.SetBool(true)
		}
	}
	return nil
}
