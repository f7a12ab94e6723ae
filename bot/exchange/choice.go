package exchange

import (
	"cmp"
	"encoding/json"
	"slices"

	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
)

// A Choice is what a button or a form of the bot's own words carries: which request, job or snooze
// it is about, and what was typed beside that. It is read once, before the gate: a decision that is
// put off is about a request, too.
//
// It is one type for all words, because it is read before anybody knows which word it is for; each
// word looks at its own fields. Fields with a name in JSON come from the button, under its seal;
// the others ("-") only from what was typed into a form, and no button can set them.
type Choice struct {
	requestcards.Extension        // the request, and how much longer
	Reason                 string `json:"reason"`
	Asked                  bool   `json:"asked"`  // on the message that told its requester that it waits
	Listed                 bool   `json:"listed"` // in a list of what waits, which only its reader sees
	Job                    string `json:"job"`
	User                   string `json:"user"` // who asked for the job
	ID                     string `json:"id"`   // of a snooze
	Line                   string `json:"line"` // the name of a saved command, or of one to explain; what stands behind a word that was picked
	Word                   string `json:"word"` // of the bot's own, picked in the palette
	Picked                 string `json:"-"`    // what was picked there
	Why                    string `json:"why"`  // a reason that was typed and is not given yet: a form shows it
	Area                   string `json:"area"` // of the catalog, to list
	Span                   string `json:"span"` // of a shift report, as it was typed
	Quietable
	pickedColumns
}

// pickedColumns are the columns that somebody chose for a kind of list, and the list to draw with
// them.
type pickedColumns struct {
	Kind    string            `json:"kind"`
	List    render.Invocation `json:"list,omitzero"`
	Columns []string          `json:"-"`
	Reset   bool              `json:"-"`
}

// A Quietable is what a notification can be kept quiet by, as its card says, and what somebody
// chose of that.
type Quietable struct {
	Storyline string `json:"storyline,omitempty"`
	Hash      string `json:"hash,omitempty"`
	Rule      string `json:"rule,omitempty"`
	Host      string `json:"host,omitempty"`
	File      string `json:"file,omitempty"` // the name of the file that Hash and Storyline are of; nothing is kept quiet by it
	By        string `json:"-"`
}

// ReadChoice reads the arguments of one of the bot's own buttons. Some have none.
func ReadChoice(do render.Invocation) (c Choice, err error) {
	if len(do.Args) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(do.Args, &c); err != nil {
		return Choice{}, workflow.ErrGone
	}
	return c, nil
}

// With adds what was typed into a form. What the form carried stays as it is.
//
// So a form cannot be sent with another request's id than the one it was opened for, and a reason
// that the button had is not overwritten by an empty field.
func (c Choice) With(values map[string][]string) Choice {
	c.By, c.Picked, c.Line = Only(values["by"]), Only(values["command"]), cmp.Or(c.Line, Only(values["line"]))
	c.Columns, c.Reset = values["columns"], Only(values["reset"]) != ""
	c.Reason, c.For = cmp.Or(c.Reason, Only(values["reason"])), cmp.Or(c.For, Only(values["for"]))
	return c
}

// Only is the one value of a field; empty where there is none.
func Only(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// A snoozeKind is one way to keep notifications quiet. File is the file's name, where a hash or a storyline is of one that is known.
type snoozeKind struct{ Name, Label, Value, File string }

// Choice is what a form offers: "This file: evil.exe (3395856c…)". A hash alone tells nobody which file it is.
func (k snoozeKind) Choice() string {
	if k.File == "" {
		return k.Label + ": " + k.Value
	}
	return k.Label + ": " + k.File + " (" + text.Shorten(k.Value, 8) + ")"
}

// Kinds are the ways there are for a thing, the narrowest first.
func (q Quietable) Kinds() (known []snoozeKind) {
	for _, k := range []snoozeKind{{"storyline", "This storyline", q.Storyline, q.File}, {"hash", "This file", q.Hash, q.File}, {"rule", "This rule", q.Rule, ""}, {"host", "This host", q.Host, ""}} {
		if k.Value != "" {
			known = append(known, k)
		}
	}
	return known
}

// About is the thing itself, as people call it: its file, else its rule, and its host.
func (q Quietable) About() []string {
	return slices.DeleteFunc([]string{cmp.Or(q.File, q.Rule), q.Host}, func(s string) bool { return s == "" })
}

// Filling is what a button carries; false where there is nothing to keep quiet by. The file's name only
// tells people which one it is: it travels as they see it, without characters that turn text round,
// and cut, for a button has room for 2,000 characters. What notices are compared with stays as it is.
func (q Quietable) Filling() (cards.Filling, bool) {
	q.File = text.Shorten(render.Visible(q.File), 80)
	return cards.Filling{Args: catalog.Marshal(q)}, len(q.Kinds()) > 0
}
