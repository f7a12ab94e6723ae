package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Row is what every listed thing embeds: the whole object as the console sent it, without its
// secrets. The raw view and the exports show it, so that no field is lost for not having a Go name.
type Row struct {
	Raw json.RawMessage `json:"-"`
}

func (r *Row) Keep(raw json.RawMessage) { r.Raw = Redact(raw) }

// maxLoose is up to what size JSON of odd types is put up with: taking it apart takes many times
// its size of memory.
const maxLoose = 1 << 20

// Decode reads JSON into target and puts up with fields of other types than documented: a number
// where text belongs is kept as text and the other way round, what fits nowhere is left out. Only
// JSON that is broken, or is of another kind as a whole (a list where an object belongs), is an
// error.
func Decode(data []byte, target any) error {
	err := json.Unmarshal(data, target)
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return err
	}
	if len(data) > maxLoose {
		return mismatch
	}
	var loose any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&loose); err != nil {
		return err
	}
	fitted := fit(loose, reflect.TypeOf(target).Elem())
	if fitted == nil {
		return mismatch
	}
	data, err = json.Marshal(fitted)
	if err != nil {
		return err
	}
	value := reflect.New(reflect.TypeOf(target).Elem())
	if err := json.Unmarshal(data, value.Interface()); err != nil {
		return err
	}
	reflect.ValueOf(target).Elem().Set(value.Elem())
	return nil
}

var (
	textReader = reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
)

// fit changes v, a decoded JSON value, so that it can be unmarshalled into t; nil where nothing of
// it can.
func fit(v any, t reflect.Type) any {
	if v == nil || reflect.PointerTo(t).Implements(jsonReader) {
		return v
	}
	if reflect.PointerTo(t).Implements(textReader) {
		return fitText(v)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return fit(v, t.Elem())
	case reflect.String:
		return fitText(v)
	case reflect.Bool:
		return fitBool(v)
	case reflect.Int, reflect.Int64:
		return fitNumber(v)
	case reflect.Slice:
		return fitList(v, t.Elem())
	case reflect.Map:
		return fitMap(v, t.Elem())
	case reflect.Struct:
		return fitStruct(v, t)
	default:
		return v
	}
}

// fitText makes text of what should have been text. Lists become their elements, since consoles
// give some fields as one value or as several; what has no reading as text is null, and the field
// stays empty.
func fitText(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		var parts []string
		for _, element := range v {
			if s, ok := fitText(element).(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	}
	return nil
}

func fitBool(v any) any {
	text, _ := fitText(v).(string)
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true
	case "false", "no", "off", "0":
		return false
	}
	return nil
}

func fitNumber(v any) any {
	text, _ := fitText(v).(string)
	number, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(math.Abs(number) <= 1<<53) {
		return nil
	}
	return int64(number)
}

// fitList takes a lone value as a list of one: consoles do so for addresses and labels.
func fitList(v any, t reflect.Type) any {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	fitted := []any{}
	for _, element := range list {
		if f := fit(element, t); f != nil {
			fitted = append(fitted, f)
		}
	}
	if !ok && len(fitted) == 0 {
		return nil
	}
	return fitted
}

// fitMap fits the values and takes the keys as they are: they are data.
func fitMap(v any, t reflect.Type) any {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	fitted := map[string]any{}
	for key, value := range object {
		fitted[key] = fit(value, t)
	}
	return fitted
}

// fitStruct keeps the members that the type has, and fits each. The others are not lost: the row is
// kept beside it, as it came (Row).
func fitStruct(v any, t reflect.Type) any {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	fitted := map[string]any{}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if value, ok := object[name]; ok && name != "-" && field.IsExported() {
			fitted[name] = fit(value, field.Type)
		}
	}
	return fitted
}

// IsVoid tells whether a part of an answer is absent or empty.
func IsVoid(part json.RawMessage) bool {
	if len(part) > 16 { // with blanks in it
		return false
	}
	switch string(compacted(part)) {
	case "", "null", "[]", "{}", `""`, "false", "0":
		return true
	}
	return false
}

func compacted(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

// WellFormed says what is wrong with a body that is no JSON object.
func WellFormed(body []byte) error {
	if !json.Valid(body) || !strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{") {
		var e struct{}
		return json.Unmarshal(body, &e)
	}
	return nil
}
