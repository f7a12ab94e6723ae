package exchange

import "errors"

// What people read who want something that cannot be done here and now; [Explain] says it.
var (
	ErrNoTrigger    = errors.New("only a click or a slash command opens a modal")
	ErrFormTooLarge = errors.New("these values are too long for a Slack form; type the command with its values instead")
	// ErrUnclear answers who writes to the bot in a way that may be a quotation.
	ErrUnclear = errors.New("commands inside quotes or code don't run, so nothing was done; type it as plain text, such as: list-agents DESKTOP-1")
	// ErrStale tells a person that their click was kept but is too old to act on.
	ErrStale = errors.New("the bot was down when you sent this, and too much time has passed to run it now, so nothing was done; please send it again")
)
