package catalog

import (
	"time"

	"s1bot/commands/text"
	"s1bot/render"
)

// ReadSpan is ParseSpan with an error that names the parameter: a *UsageError.
func ReadSpan(words string) (time.Duration, error) {
	span, err := text.ParseSpan(words)
	if err != nil {
		return 0, &UsageError{Param: ForParam, Problem: err.Error(), Hint: "write it like 30m, 4h or 2d; " + text.SpanBounds}
	}
	return span, nil
}

// ReadAnySpan is ParseAnySpan with an error for people.
func ReadAnySpan(words string) (time.Duration, error) {
	span, err := text.ParseAnySpan(words)
	if err != nil {
		return 0, &UsageError{Problem: err.Error(), Hint: "For example 30m, 4h or 2d"}
	}
	return span, nil
}

// SpanField asks for a duration.
func SpanField(name, label, hint string) render.FormField {
	return render.FormField{Name: name, Label: label, Widget: render.TextInput, MaxLength: 40, Placeholder: "4h", Hint: hint + " For example 30m, 4h or 2d; " + text.SpanBounds + "."}
}
