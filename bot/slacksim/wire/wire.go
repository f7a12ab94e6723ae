package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Decode parses JSON and keeps numbers as they were written.
func Decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the JSON value")
	}
	return nil
}

// Encode writes JSON without the escapes of HTML, as Slack does.
func Encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("slacksim: encode: " + err.Error()) // only maps, slices and strings come here
	}
	return bytes.TrimSpace(b.Bytes())
}

// Objects are the objects in a list; what is no object is left out.
func Objects(value any) []map[string]any {
	list, _ := value.([]any)
	found := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if o, ok := item.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

// Object is the value if it is an object, else nil.
func Object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

// Text is a string, a number or a boolean as it is written in a form; "" for the rest.
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// ParseObject reads an object; nil where the JSON is none.
func ParseObject(raw json.RawMessage) map[string]any {
	var o map[string]any
	_ = Decode(raw, &o) // what is no object is nil
	return o
}

// IsTrue is for rules that look at a flag.
func IsTrue(value any) bool {
	b, _ := value.(bool)
	return b
}

// IntOf is an integer; 0 where the value is none.
func IntOf(value any) int {
	n, _ := value.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
