package webapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"

	"s1bot/bot/slacksim/wire"
)

// Args are the arguments of a call: strings from forms, decoded JSON from JSON bodies.
type Args map[string]any

// ReadArgs reads a query, a form, a multipart form or a JSON body, as Slack does
// [docs.slack.dev/apis/web-api: "JSON bodies … token in the Authorization header", warning
// missing_charset].
func ReadArgs(r *http.Request, formOnly bool) (a Args, headerToken bool, warning string, err error) {
	a = Args{}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" && r.Method == http.MethodPost {
		if params["charset"] == "" {
			warning = "missing_charset"
		}
		err = a.readJSON(r, formOnly)
	} else {
		a.readForm(r)
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		a["token"], headerToken = token, true
	}
	return a, headerToken, warning, err
}

// readForm takes the query and the form together, the first value of each name.
func (a Args) readForm(r *http.Request) {
	if err := r.ParseMultipartForm(16 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return // a body that is no form has no arguments
	}
	for name, values := range r.Form {
		a[name] = values[0]
	}
}

// readJSON takes a JSON body. Methods that read forms alone ignore it, as Slack does without an
// error.
func (a Args) readJSON(r *http.Request, ignore bool) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	given := map[string]any{}
	if err := wire.Decode(body, &given); err != nil && len(body) > 0 {
		return Refuse("invalid_json")
	}
	if !ignore {
		maps.Copy(a, given)
	}
	delete(a, "token") // a token in a JSON body is not looked at
	return nil
}

// Str is an argument as a form has it: a structured value of a JSON body is JSON text.
func (a Args) Str(name string) string {
	switch v := a[name].(type) {
	case nil:
		return ""
	case string, json.Number, bool:
		return wire.Text(v)
	default:
		return string(wire.Encode(v))
	}
}

// Flag tells whether a boolean argument is true.
func (a Args) Flag(name string) bool {
	s := a.Str(name)
	return s == "true" || s == "1"
}

// number is an integer argument.
func (a Args) number(name string, otherwise int) int {
	var n int
	if _, err := fmt.Sscanf(a.Str(name), "%d", &n); err != nil {
		return otherwise
	}
	return n
}

// JSON gives a structured argument: JSON in a form's field, or a value of a JSON body. "" and null
// count as not given.
func (a Args) JSON(name string) json.RawMessage {
	if s := strings.TrimSpace(a.Str(name)); s != "" && a[name] != nil && s != "null" {
		return json.RawMessage(s)
	}
	return nil
}

// List gives a list argument: "a,b", or a JSON array.
func (a Args) List(name string) []string {
	if items, ok := a[name].([]any); ok {
		list := make([]string, 0, len(items))
		for _, it := range items {
			list = append(list, wire.Text(it))
		}
		return list
	}
	return strings.FieldsFunc(a.Str(name), func(r rune) bool { return r == ',' || r == ' ' })
}

// Texts are the arguments for the record, without the token.
func (a Args) Texts() map[string]string {
	texts := make(map[string]string, len(a))
	for name := range a {
		if name != "token" {
			texts[name] = a.Str(name)
		}
	}
	return texts
}
