package render

import "errors"

// A Seal makes a tag of SealSize bytes for a text, which nobody without its key can make. What can
// be clicked and what a form carries come back through Slack with their tags, so that a value which
// is not the bot's own is told from one that is. A nil Seal makes none.
//
// Slack says for certain who clicked, and hands the value of a button back as it was posted. What was
// posted is for the tag to tell: people click on what they see, so what comes back must be what was
// drawn. Package seal makes the function; its key lives in the database, one for all processes.
type Seal func(text string) string

// SealSize is the length of a tag: a mark and 60 bits in base64 (package seal). Values leave room for
// one.
const SealSize = 11

// ErrSeal says that a value is not as it was drawn.
var ErrSeal = errors.New("it doesn't match what the bot sent")

// of is the tag of a text.
func (s Seal) of(text string) string {
	if s == nil {
		return ""
	}
	return s(text)
}

// on is a text with its tag.
func (s Seal) on(text string) string { return text + s.of(text) }

// cut parts a value from its tag.
func (s Seal) cut(value string) (text, tag string) {
	if s == nil || len(value) < SealSize {
		return value, ""
	}
	at := len(value) - SealSize
	return value[:at], value[at:]
}
