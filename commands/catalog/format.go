package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Unread says how many of several things are missing from an answer; nothing where none is.
func Unread(failed, of int, words string) string {
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d %s", failed, of, words)
}

// ProblemWords is what the console said of one thing among several: "status 403, Unauthorized access."
func ProblemWords(err error) string {
	var refused *s1.Error
	if !errors.As(err, &refused) {
		return err.Error()
	}
	status := ""
	if refused.Status != 0 {
		status = "status " + strconv.Itoa(refused.Status)
	}
	return text.JoinNonEmpty(", ", status, refused.Message)
}

// SizeWords counts bytes as people do: "1.4 GB".
func SizeWords(bytes int) string {
	if bytes <= 0 {
		return ""
	}
	size, unit := float64(bytes), 0
	for size >= 1000 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return strconv.Itoa(bytes) + " B"
	}
	return fmt.Sprintf("%.1f %cB", size, " kMGT"[unit])
}

func SortedKeys(set map[string]bool) []string {
	var list []string
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

func Capital(s string) string { return render.Capital(s) }

// Reason is what a person can make of an error.
func Reason(err error) string {
	var refusal *s1.Error
	switch {
	case errors.As(err, &refusal):
		return refusal.Message
	case errors.Is(err, context.Canceled):
		return "it was cancelled."
	}
	return "something went wrong inside the bot."
}

func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Convert turns texts into ids and ids into texts.
func Convert[To, From ~string](from []From) []To {
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = To(f)
	}
	return to
}

// DayOf writes a moment as the caller's clock shows it, where a text is wanted.
func DayOf(call *Call, t s1.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(call.Caller.Location()).Format("2006-01-02 15:04 MST")
}

// Labelled lists values as people read them.
func Labelled[T interface{ Label() string }](values []T) string {
	var labels []string
	for _, v := range values {
		labels = append(labels, v.Label())
	}
	return strings.Join(labels, ", ")
}

// SpanWords is a stretch of time in words; "" for none.
func SpanWords(seconds int) string {
	switch {
	case seconds <= 0:
		return ""
	case seconds%3600 == 0:
		return text.Plural(seconds/3600, "hour")
	case seconds%60 == 0:
		return text.Plural(seconds/60, "minute")
	}
	return text.Plural(seconds, "second")
}

// AnyRole is what the specification calls the default role: the console lets nobody take it from a role.
const AnyRole = "Account, Groups, Roles and Site › View (every role has them)"

// Single is one thing that the console knows, shown as facts, or as JSON where that is wanted.
func Single(call *Call, name string, raw json.RawMessage, card render.Card) (render.Card, error) {
	if call.How == render.Run || call.How == render.Share || call.How == render.Turn {
		card.Actions = append(card.Actions, render.Button{Label: "Share in channel", Do: call.Variant(render.Share)}, render.Button{Label: "Raw JSON", Do: call.Variant(render.Raw)})
		return card, nil
	}
	as := *call
	as.How = render.JSON // facts are no table
	file := NewExport(&as, name)
	if err := json.Indent(&file.body, raw, "", "  "); err != nil {
		return render.Card{}, err
	}
	file.body.WriteByte('\n')
	return render.Card{Tone: render.Info, Title: card.Title, Files: []render.File{{Name: file.name, Title: card.Title, Body: file.body.Bytes()}}}, nil
}

// LimitOf is the limit that was given, as a parameter or else inside the filter.
func LimitOf(count *Count, filter s1.Filter) *Limit {
	if count != nil {
		limit := Limit(*count)
		return &limit
	}
	if n, ok := filter.Limit(); ok && n > 0 {
		limit := Limit(min(n, MaxPage))
		return &limit
	}
	return nil
}

func SameNote(n int, noun, what string) []string {
	if n == 0 {
		return nil
	}
	if n == 1 {
		return []string{"1 " + noun + " has " + what + " already."}
	}
	return []string{text.Plural(n, noun) + " have " + what + " already."}
}

func AppendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
