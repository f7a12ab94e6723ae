package eventql

import "fmt"

type object = map[string]any

// text is a value of an event as a query compares it; "" for none.
func text(o object, name string) string {
	if o[name] == nil {
		return ""
	}
	return plain(o[name])
}

func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
