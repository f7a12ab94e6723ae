package policyfile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/text"
	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/s1"
)

// A kind is what a value means: it judges values for the reader and describes them for the schema.
// The two may differ in one direction only: what the reader takes, the schema takes as well
// (FuzzRead holds them to it). An editor that underlines a good file would be believed.
type kind interface {
	// check says what is wrong with a value; nil where nothing is.
	check(value string, known vocabulary) error
	// schema describes the values in JSON Schema.
	schema(known vocabulary) schema
}

// A vocabulary is what the words of a file may name.
//
// What only the console or Slack could tell (whether a site or a person exists) is not in it: a
// policy must be read while both are away.
type vocabulary struct {
	commands []*catalog.Command
	roles    []string // of the settings and of the file itself
	consoles []string // of the file itself; none where the settings name the one
}

// names are those of the commands.
func (v vocabulary) names() (all []string) {
	for _, c := range v.commands {
		all = append(all, c.Name)
	}
	return all
}

// areas are those of the commands, sorted, each once.
func (v vocabulary) areas() (all []string) {
	for _, c := range v.commands {
		all = append(all, c.Area)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// aliased is the command that an alias stands for.
func (v vocabulary) aliased(alias string) (name string, ok bool) {
	for _, c := range v.commands {
		if slices.ContainsFunc(c.Aliases, func(a string) bool { return strings.EqualFold(a, alias) }) {
			return c.Name, true
		}
	}
	return "", false
}

// unknown refuses a word that is none of those there are, and offers the nearest. Up to eight are
// listed where none is near: more would bury the message.
func unknown(what, value string, there []string) error {
	near := text.Suggestion(text.Nearest(value, there))
	if near == "" && len(there) <= 8 {
		near = "; there are " + strings.Join(there, ", ")
	}
	return fmt.Errorf("there is no %s %q%s", what, value, near)
}

// matching wants a glob that fits one of the names at least: a rule for no command, or a route for
// no severity, is a slip.
//
// So a glob that fits nothing now and would fit something later is refused too. Commands and
// severities change with a release, and a rule that waits for one to appear is rarer than a slip.
func matching(what, value string, names []string) error {
	if slices.ContainsFunc(names, policy.Pattern(value).Match) {
		return nil
	}
	return unknown(what, value, names)
}

// exactly wants one of the words as it is spelt.
func exactly(what, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return unknown(what, value, words)
}

type (
	prose        struct{} // a sentence or a name that people read
	glob         struct{} // a name of something in the console, which the reader does not ask
	command      struct{}
	area         struct{}
	risk         struct{}
	conversation struct{} // where something may be typed: a channel or a direct message
	channel      struct{} // where something may be posted
	hours        struct{}
	roleName     struct{}
	member       struct{}
	timeout      struct{}
	source       struct{}
	severity     struct{}
	confidence   struct{}
	mention      struct{}
	muting       struct{}
	timeOfDay    struct{}
	zone         struct{}
	newConsole   struct{} // a console's name where it is given
	consoleName  struct{} // one that is given elsewhere in the file, or a glob
	consoleURL   struct{}
	apiVersion   struct{}
)

var (
	channelForm      = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
	conversationForm = regexp.MustCompile(`^[CGD][A-Z0-9]{2,}$`)
	consoleForm      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	versionForm      = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)
	mentionForm      = regexp.MustCompile(`^(@[^\s@,]+|[SUW][A-Z0-9]{2,})$`)
)

// IsChannel tells whether id has the form of a Slack channel's id: C…, or G… for private channels
// of old.
func IsChannel(id string) bool { return channelForm.MatchString(id) }

func (prose) check(string, vocabulary) error { return nil }
func (glob) check(string, vocabulary) error  { return nil }

// check refuses an alias: the rule would hold for no command.
func (command) check(value string, known vocabulary) error {
	names := known.names()
	if name, short := known.aliased(value); short && !slices.Contains(names, value) {
		return fmt.Errorf("write the full name of %q, %s", value, name)
	}
	return matching("command", value, names)
}

func (area) check(value string, known vocabulary) error {
	return matching("area", value, known.areas())
}

func (risk) check(value string, _ vocabulary) error { return exactly("risk", value, risks()) }

func risks() []string {
	return []string{string(catalog.Read), string(catalog.Change), string(catalog.Destructive)}
}

func (conversation) check(value string, _ vocabulary) error {
	if !conversationForm.MatchString(value) {
		return fmt.Errorf("%q isn't a channel id (C…)", value)
	}
	return nil
}

func (channel) check(value string, _ vocabulary) error {
	if !IsChannel(value) {
		return fmt.Errorf("%q isn't a channel id (C…)", value)
	}
	return nil
}

func (hours) check(value string, _ vocabulary) error {
	if _, err := policy.ParseHours(value); err != nil {
		return fmt.Errorf("%w%s", err, zoneMeant(value))
	}
	return nil
}

func (roleName) check(value string, known vocabulary) error {
	return exactly("role", value, known.roles)
}

func (member) check(value string, _ vocabulary) error { return policy.Member(value).Check() }

func (timeout) check(value string, _ vocabulary) error {
	if d, err := time.ParseDuration(value); err != nil || d < time.Minute {
		return errors.New("a duration of at least 1m, such as 30m")
	}
	return nil
}

func (source) check(value string, _ vocabulary) error {
	if slices.ContainsFunc(sources(), func(s string) bool { return strings.EqualFold(s, value) }) {
		return nil
	}
	return unknown("source", value, sources())
}

func sources() []string { return []string{string(journal.Threats), string(journal.Alerts)} }

func (severity) check(value string, _ vocabulary) error {
	return matching("severity", value, severities())
}

func severities() []string { return labels(s1.AlertSeverity("").Choices()) }

func (confidence) check(value string, _ vocabulary) error {
	return matching("confidence", value, confidences())
}

func confidences() []string { return labels(s1.Confidence("").Choices()) }

// labels are how people read the console's values.
func labels(choices []s1.Choice) (all []string) {
	for _, c := range choices {
		all = append(all, c.Label)
	}
	return all
}

func (mention) check(value string, _ vocabulary) error {
	if !mentionForm.MatchString(value) {
		return fmt.Errorf("%q isn't an @handle, user group id (S…) or user id (U…)", value)
	}
	return nil
}

func (muting) check(value string, _ vocabulary) error {
	_, _, err := parseMute(value)
	return err
}

// parseMute says whether a route mutes, and until when; the zero time is for good. A time without a
// zone is in UTC.
//
// A date alone is the beginning of that day: the route notifies again from then on.
func parseMute(value string) (until time.Time, muted bool, err error) {
	switch strings.ToLower(value) {
	case "", "false":
		return until, false, nil
	case "true":
		return until, true, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
		if until, err = time.Parse(form, value); err == nil {
			return until, true, nil
		}
	}
	return until, false, errors.New("true, or until when: 2026-12-24 or 2026-12-24T08:00:00Z")
}

func (timeOfDay) check(value string, _ vocabulary) error {
	_, err := notifier.ParseTimeOfDay(value)
	return err
}

func (zone) check(value string, _ vocabulary) error {
	if _, err := time.LoadLocation(value); err != nil {
		return fmt.Errorf("%q isn't a time zone such as Europe/Berlin%s", value, zoneMeant(value))
	}
	return nil
}

// check wants what can be typed and be a label: it stands in commands, buttons and metrics.
func (newConsole) check(value string, _ vocabulary) error {
	if !consoleForm.MatchString(value) {
		return fmt.Errorf("%q isn't a console's name: up to 32 lower case letters, digits and dashes", value)
	}
	return nil
}

// check knows the console of the settings, too.
func (consoleName) check(value string, known vocabulary) error {
	return matching("console", value, append(slices.Clone(known.consoles), consoles.Default))
}

// check leaves the judgment to the client, who has to use the address.
func (consoleURL) check(value string, _ vocabulary) error {
	_, err := s1.New(s1.Config{BaseURL: value, Token: s1.NewSecret("none")})
	return err
}

func (apiVersion) check(value string, _ vocabulary) error {
	if !versionForm.MatchString(value) {
		return fmt.Errorf("%q isn't a version such as v2.1", value)
	}
	return nil
}
