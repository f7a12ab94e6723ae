package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"s1bot/commands/text"
)

// readObject reads a JSON object, also one whose quotes a phone has made typographic or a form's author has wrapped in quotes.
func readObject(typed string) (json.RawMessage, error) {
	typed = strings.TrimSpace(typed)
	if whole, rest, ok := text.CutQuoted(typed, true); ok && rest == "" && strings.HasPrefix(typed, "`") {
		typed = strings.TrimSpace(whole) // pasted into a form as it stands in Slack
	}
	raw, err := compact(typed)
	if err != nil {
		raw, err = compact(StraightQuotes.Replace(typed))
	}
	if err == nil {
		return raw, nil
	}
	return nil, fmt.Errorf("%s is not a JSON object like {\"ids\": [\"…\"]}%s", text.Quote(typed), place(err))
}

// compact checks that text is one JSON object and takes the spaces out of it.
func compact(text string) (json.RawMessage, error) {
	if !strings.HasPrefix(text, "{") {
		return nil, errors.New("it does not start with {")
	}
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// place says where JSON is broken, if the decoder could tell.
func place(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset > 0 {
		return fmt.Sprintf(" (at character %d: %v)", syntax.Offset, syntax)
	}
	return ""
}
