package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
)

// A UsageError says what is wrong with what was asked, so that the person can put it right. Nothing
// was sent to the console that changes anything. Areas make it with Wrong, knowing only the
// parameter; Explain adds command, invocation and offers on the way out. The card then has a button
// that runs Try, a form filled with Given, or one button for each offer.
type UsageError struct {
	Command string   // name of the command, where it is known
	Param   string   // the parameter that is wrong; empty if it is the whole
	Problem string   // "5000 is above the maximum, 1000", a sentence without a full stop
	Hint    string   // what to do, a sentence; may be empty
	Nearest []string // what was probably meant: names of commands, parameters, choices, hosts
	Try     *Invocation
	TryLine string      // Try as slash text: "list-agents computer-name=DESKTOP limit=1000"
	Given   *Invocation // what could be understood of the input, for a form that is filled with it
	Offers  []Offer     // the same invocation with each of Nearest in place of a name that nothing has

	Name string // that name
}

// An Offer is an invocation that was probably meant.
type Offer struct {
	Label string
	Do    Invocation
}

// Error is the whole complaint in one line.
func (e *UsageError) Error() string {
	var b strings.Builder
	if e.Param != "" {
		fmt.Fprintf(&b, "check `%s`: ", e.Param)
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	if len(e.Nearest) > 0 {
		b.WriteString("; did you mean " + strings.Join(e.Nearest, ", ") + "?")
	}
	return b.String()
}

// A MissingError names the required parameters that were not given. It is no complaint: the form
// that it opens is the usual way to give what is missing.
type MissingError struct {
	Command *Command
	Missing []Param
	OneOf   []Param    // where any of several would do: all of them, Missing's first among them
	Given   Invocation // what was given, for a form that is filled with it
}

// Missing says that a parameter must be given, or one of several, of which the first is the usual
// one. The command is set by Explain, for a parameter struct does not know it; Error must not be
// asked before.
func Missing(params ...string) error {
	e := &MissingError{}
	for _, name := range params {
		e.OneOf = append(e.OneOf, Param{Name: name, Title: text.TitleOf(name)})
	}
	if e.Missing = e.OneOf[:1]; len(params) == 1 {
		e.OneOf = nil
	}
	return e
}

// Error lists the missing parameters.
func (e *MissingError) Error() string {
	if len(e.OneOf) > 0 {
		return fmt.Sprintf("%s needs at least one of %s", e.Command.Name, strings.Join(NamesOf(e.OneOf), ", "))
	}
	return fmt.Sprintf("%s needs %s", e.Command.Name, strings.Join(NamesOf(e.Missing), " and "))
}

// NamesOf are how parameters are typed.
func NamesOf(params []Param) []string {
	var names []string
	for _, p := range params {
		names = append(names, p.Name)
	}
	return names
}

// An AmbiguousError says that a name fits several things. It is never guessed which one is meant:
// the person chooses. Matches are capped because a menu has 100 entries and a person reads far
// fewer; More is what an honest title needs.
type AmbiguousError struct {
	Param   string
	Name    string     // as it was given
	Matches []Target   // at most 25
	More    int        // how many more there are
	Given   Invocation // the invocation with the name in it; Pick replaces it

	command *Command // of which
}

// Error says how many fit.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("check `%s`: %s are called %q", e.Param, e.Fits(), e.Name)
}

// Fits counts what the name fits: "2 endpoints".
func (e *AmbiguousError) Fits() string {
	noun := "thing"
	if len(e.Matches) > 0 {
		noun = cmp.Or(map[string]string{"agent": "endpoint"}[e.Matches[0].Kind], e.Matches[0].Kind, noun)
	}
	return text.Plural(len(e.Matches)+e.More, noun)
}

// Pick returns the invocation with the i-th match in place of the name. The id goes where the name
// stood, so everything else that was asked for stays.
func (e *AmbiguousError) Pick(i int) Invocation {
	picked := e.Given
	picked.Args = e.command.replaceWord(e.Given.Args, e.Param, e.Name, e.Matches[i].ID)
	return picked
}

// Options returns the matches as the entries of a menu, each with the invocation that chooses it.
func (e *AmbiguousError) Options() []render.Option {
	options := make([]render.Option, len(e.Matches))
	labels := e.Labels()
	for i, m := range e.Matches {
		do := e.Pick(i)
		options[i] = render.Option{Label: labels[i], Value: m.ID, Do: &do}
	}
	return options
}

// Labels are the matches, each in one line that no other has: by place, system and state, by when
// it was last seen where those are alike, and by its id where nothing else tells. Two laptops of
// one name are the usual case: a person who picks the wrong one isolates the wrong person.
func (e *AmbiguousError) Labels() []string {
	labels := make([]string, len(e.Matches))
	for i, m := range e.Matches {
		labels[i] = text.Shorten(m.Label(), MaxLabel)
	}
	for _, more := range []func(Target) string{
		func(t Target) string { return t.Seen },
		func(t Target) string { return "id " + t.ID },
	} {
		alike := map[string]int{}
		for _, l := range labels {
			alike[l]++
		}
		for i, m := range e.Matches {
			if says := more(m); alike[labels[i]] > 1 && says != "" {
				labels[i] = text.Shorten(labels[i], MaxLabel-len([]rune(says))-3) + " · " + says
			}
		}
	}
	return labels
}

// MaxLabel is how long the words on a button may be. Slack's limit for a button's text and for an
// option's.
const MaxLabel = 75

// Label is the target in one line, with what tells it from others of its name: "KIOSK · Paris / Lobby · Windows 11 · offline".
func (t Target) Label() string {
	parts := []string{strings.TrimSpace(t.Name)} // two that differ in a blank look alike, so something else has to tell them apart
	if t.Host != "" {
		parts = append(parts, t.Host)
	}
	if place := text.JoinNonEmpty(" / ", t.Site, t.Group); place != "" {
		parts = append(parts, place)
	}
	for _, s := range []string{t.OS, t.State, t.User} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// replaceWord puts another value in place of one that a parameter has: alone, in a list, or under
// the keys of a filter. The parameters are searched and not the text that was typed, since a name
// may have come from a button or a form.
func (cmd *Command) replaceWord(args json.RawMessage, param, old, replacement string) json.RawMessage {
	values, err := Object(args)
	if err != nil {
		return args
	}
	value := values[param]
	if !strings.HasPrefix(string(value), "{") {
		values[param] = replaced(value, old, replacement)
		return Marshal(values)
	}
	fields, _ := Object(value)
	f, _ := cmd.Lookup(param)
	for key := range cmd.finders(f) {
		if words := idWordsOf(fields[key]); slices.Contains(words, old) {
			fields[key] = replaced(Marshal(words), old, replacement)
		}
	}
	values[param] = Marshal(fields)
	return Marshal(values)
}

// replaced is a list with another word in place of one, or that word where there is no list.
func replaced(value json.RawMessage, old, replacement string) json.RawMessage {
	var list []string
	if json.Unmarshal(value, &list) != nil {
		return Marshal(replacement)
	}
	for i, w := range list {
		if w == old {
			list[i] = replacement
		}
	}
	return Marshal(list)
}

// Wrong is a UsageError about one parameter.
func Wrong(param, format string, args ...any) *UsageError {
	return &UsageError{Param: param, Problem: fmt.Sprintf(format, args...)}
}

// ChangedMeanwhile refuses a change of something that is not what it was when the change was asked
// for. Approvers have seen old and new values: with other old values they would have decided about
// something else.
func ChangedMeanwhile(param, noun string) error {
	e := Wrong(param, "the %s has changed since this was requested", noun)
	e.Hint = "nothing was set; request it again to see what would change now"
	return e
}

// AlreadySo refuses a change that changes nothing. It spares approvers a request that could not
// have a visible effect, and the audit trail a row that says nothing.
func AlreadySo(param, noun string) error {
	e := Wrong(param, "the %s is already like that", noun)
	e.Hint = "nothing would change"
	return e
}

// AllSo refuses to ask people for what would change none of n things.
func AllSo(n int, noun, state string) error {
	e := &UsageError{Problem: "the " + noun + " is " + state + " already"}
	if n > 1 {
		e.Problem = "all " + text.Plural(n, noun) + " are " + state + " already"
	}
	e.Hint = "nothing would change"
	return e
}
