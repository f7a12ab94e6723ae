package exchange

import (
	"strings"

	"s1bot/commands/text"
)

// AroundReference is what a reference that was copied out of a sentence brings along.
//
// Slack keeps the marks of formatting in the text of a message: a reference that was copied from a
// card comes with its backticks.
const AroundReference = "`*_~.,:;!?()<>\"'“”"

// Reference reads the reference of a request off the front of what was typed; it is empty where
// none stands there.
//
// It is upper-cased because a phone's keyboard is not: the ledger knows it in one form only.
func Reference(typed string) (ref, rest string) {
	ref, rest = text.CutWord(typed)
	return strings.ToUpper(strings.Trim(ref, AroundReference)), rest
}
