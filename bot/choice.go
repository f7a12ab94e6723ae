package bot

import (
	"cmp"
	"encoding/json"

	"s1bot/approvals/workflow"
	"s1bot/render"
)

// A choice is what a button or a form of the bot's own words carries: which request, job or snooze it is about, and what was typed beside
// that. It is read once, before the gate: a decision that is put off is about a request, too.
type choice struct {
	workflow.Extension        // the request, and how much longer
	Reason             string `json:"reason"`
	Asked              bool   `json:"asked"` // on the message that told its requester that it waits
	Job                string `json:"job"`
	User               string `json:"user"` // who asked for the job
	ID                 string `json:"id"`   // of a snooze
	Line               string `json:"line"` // the name of a saved command, or of one to explain
	Area               string `json:"area"` // of the catalog, to list
	quietable
	pickedColumns
}

// pickedColumns are the columns that somebody chose for a kind of list, and the list to draw with them.
type pickedColumns struct {
	Kind    string            `json:"kind"`
	List    render.Invocation `json:"list,omitzero"`
	Columns []string          `json:"-"`
	Reset   bool              `json:"-"`
}

// A quietable is what a notification can be kept quiet by, as its card says, and what somebody chose of that.
type quietable struct {
	Storyline string `json:"storyline,omitempty"`
	Hash      string `json:"hash,omitempty"`
	Rule      string `json:"rule,omitempty"`
	Host      string `json:"host,omitempty"`
	By        string `json:"-"`
}

// readChoice reads the arguments of one of the bot's own buttons. Some have none.
func readChoice(do render.Invocation) (c choice, err error) {
	if len(do.Args) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(do.Args, &c); err != nil {
		return choice{}, workflow.ErrGone
	}
	return c, nil
}

// with adds what was typed into a form. What the form carried stays as it is.
func (c choice) with(values map[string][]string) choice {
	c.By = only(values["by"])
	c.Columns, c.Reset = values["columns"], only(values["reset"]) != ""
	c.Reason, c.For = cmp.Or(c.Reason, only(values["reason"])), cmp.Or(c.For, only(values["for"]))
	return c
}

// only is the one value of a field; empty where there is none.
func only(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
