package catalog

import (
	"context"
	"strings"
)

// Some rules go across parameters. Check enforces them; help, the form and the sentence that opens it say them from the same lists.

// A chooser is a parameter struct of which at least one of several must be given: all that oneOf
// names. The form marks none of them as required, and says above the first that one is; Slack could
// only require each.
type chooser interface{ OneOf() []string }

// A joiner is a parameter struct that has parameters which must be given with a value of another.
// The form asks for such a parameter once the other has the value, and then requires it.
type joiner interface{ Together() []Together }

// Together says that a parameter is required where another has a value: "output-directory" with "output-destination=Local".
type Together struct{ Param, With string }

// learnRules asks the parameter struct for its rules across fields.
func (cmd *Command) learnRules(params any) {
	if c, ok := params.(chooser); ok {
		cmd.OneOf = c.OneOf()
	}
	if j, ok := params.(joiner); ok {
		cmd.Together = j.Together()
	}
}

// On is the parameter whose value decides.
func (t Together) On() string {
	name, _, _ := strings.Cut(t.With, "=")
	return name
}

// A suited parameter struct has rules that depend on the console: in which language its hunts are
// written, for one. Prepare asks them, so they hold before anything begins, and in a form while it is
// open.
type suited interface {
	CheckOn(ctx context.Context, call *Call) error
}
