package cards

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

// Links tells where in the console a thing is shown; *s1.Client does. An id that has no page gets
// "".
//
// Addresses come from the client because only it knows the console's host and the paths of its
// version.
type Links interface {
	ThreatURL(s1.ThreatID) string
	AlertURL(s1.AlertID) string
	AgentURL(s1.AgentID) string
	UnifiedURL(id string) string // of a unified alert
}

// said is s unless it is one of the console's words for nothing.
//
// A thing that is really called "None" is lost with it.
//
// The list is of what consoles were seen to say in fields that have nothing to say.
func said(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "none", "n/a", "null", "unknown", "-":
		return ""
	}
	return s
}

// joined puts sep between what was said.
func joined(sep string, words ...string) string {
	var out []string
	for _, w := range words {
		if w = said(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, sep)
}

// after is what follows a name in a line.
func after(words string) string {
	if words == "" {
		return ""
	}
	return " · " + words
}

// facts leaves out the fields about which nothing was said.
func facts(all ...render.Field) render.Fields {
	var out render.Fields
	for _, f := range all {
		if slices.ContainsFunc(f.Value, func(s render.Span) bool { return strings.TrimSpace(s.Text) != "" || !s.Time.IsZero() }) {
			out = append(out, f)
		}
	}
	return out
}

// fact is a short fact, two to a row.
func fact(label, value string) render.Field {
	return render.Field{Label: label, Value: render.Line{render.Text(said(value))}}
}

// wide is a fact on a row of its own, set in fixed width for copying: paths, hashes, command lines.
func wide(label, value string) render.Field {
	return render.Field{Label: label, Value: render.Line{render.Mono(said(value))}, Wide: true}
}

// moment is a fact that is a time.
func moment(label string, at s1.Time) render.Field {
	return render.Field{Label: label, Value: render.Line{render.At(at.Time)}}
}

// leading are words that small print begins with; none for none.
func leading(words string) render.Note {
	if words == "" {
		return nil
	}
	return render.Note{render.Text(words + " · ")}
}

// state says in a word and a sign whether an endpoint can be reached, and whether it is cut off.
//
// The words are those that people filter by, and AgentSheet strips the signs from them.
func state(online, decommissioned bool, network s1.NetworkStatus) string {
	word := "⚪ offline"
	switch {
	case decommissioned:
		return "⚫ decommissioned"
	case online:
		word = "🟢 online"
	}
	switch network {
	case s1.NetworkDisconnected:
		return word + ", ⛔ isolated"
	case s1.NetworkDisconnecting:
		return word + ", ⏳ being isolated"
	case s1.NetworkConnecting:
		return word + ", ⏳ being reconnected"
	}
	return word
}

var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$`)

// endpoint is the word by which commands find an endpoint: its id, or its uuid where a row says no
// more; empty if it says neither.
//
// A uuid is checked for its form, because it becomes the argument of a command.
func endpoint(id s1.AgentID, uuids ...string) string {
	if id.Valid() {
		return string(id)
	}
	if i := slices.IndexFunc(uuids, uuid.MatchString); i >= 0 {
		return uuids[i]
	}
	return ""
}

// OtherChoices are options for what v's type can be, without v itself: choosing it would change
// nothing.
func OtherChoices[T s1.Enum](v T) []render.Option {
	var out []render.Option
	for _, c := range v.Choices() {
		if c.Value != string(v) {
			out = append(out, render.Option{Label: c.Label, Value: c.Value})
		}
	}
	return out
}

// opener is the button that leads to the console, if there is a page.
func opener(url string) []render.Action {
	if url == "" {
		return nil
	}
	return []render.Action{render.Button{Label: "Open in console", URL: url}}
}

// linked is a name that leads to the console if there is a page.
func linked(name, url string) render.Span {
	if name = cmp.Or(said(name), unknown); url == "" {
		return render.Text(name)
	}
	return render.Link(name, url)
}

// found is the small print of when something was detected, and which one it is: the id is what
// commands take.
//
// It is the last line, since it is what a person copies when everything else was read.
//
// The distance is for reading and the moment for looking up; Slack draws both in the reader's own
// zone.
func found(at time.Time, kind, id, url string) render.Note {
	var note render.Note
	if !at.IsZero() {
		note = render.Note{render.Text("Detected "), render.Since(at), render.Text(" ("), render.At(at), render.Text(")")}
	}
	if id != "" {
		if note != nil {
			note = append(note, render.Text(" · "))
		}
		note = append(note, linked(kind+" "+id, url))
	}
	if note == nil {
		note = render.Note{render.Text("The console provided neither an id nor a time.")}
	}
	return note
}

// first is the first of several times that is known.
func first(times ...s1.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Time
		}
	}
	return time.Time{}
}

// unknown stands where nothing is known.
const unknown = "—"

// counted says "1 host" or "37 hosts".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
