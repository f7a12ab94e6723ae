package files

import (
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// What a script is called with often holds a password, and nobody can list the ways in which people
// write one: -Cred:PW, -p PW, /password:x, alice:hunter2@host, a word in base64. So it is the other
// way round: an input is shown where every word of it is plainly none, such as --terminate
// --processes ping,chrome, and where there is any doubt, all of it is a secret.

// A scriptInput is what a script is called with. Where it may hold a password all of it is a
// secret: in rows, cards, the history, forms and logs.
//
// What a script is called with often holds a password, and nobody can list the ways in which people
// write one: -Cred:PW, -p PW, /password:x, alice:hunter2@host, a word in base64. So it is the other
// way round: an input is shown where every word of it is plainly none, such as --terminate
// --processes ping,chrome, and where there is any doubt, all of it is a secret.
//
// A wrong guess costs an approver a look at the arguments in one direction, and a password in a
// channel in the other.
type scriptInput string

func (scriptInput) Kind() catalog.Kind {
	k := catalog.TextKind()
	k.Tells = func(text string) bool { return !plainInput(text) }
	return k
}

// inputWordsFor say what an approver reads of an input. The mark is what was kept; the text itself
// is what a run without an approval has.
func inputWordsFor(input string) string {
	if input == catalog.Mark || !plainInput(input) {
		return catalog.Mark + " (not shown: it may hold a password)"
	}
	return input
}

var (
	// secretWord is in the name of what is a secret, or in a sentence about one.
	secretWord = regexp.MustCompile(`(?i)pass|pwd|\bpw|pw\b|phrase|secret|token|key|cred|auth|log[io]n|bearer|cookie|session|otp\b|\bpin\b|cert|signature|connection|\bsas\b|private|decrypt|unlock`)
	inputWord  = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)
	// longFlag is a flag with a name, and what is joined to it. In -pSecret the name is p, so one dash
	// and one letter alone begin no name.
	longFlag = regexp.MustCompile(`^(?:--|-|/)([A-Za-z][a-z]{2,}(?:[-_]?[A-Za-z]?[a-z]+)*)(?:[=:](.*))?$`)
	// mysql's -pSecret is the case.
	gluedP     = regexp.MustCompile(`^[-/][pu][a-z]`)
	loneFlag   = regexp.MustCompile(`^[-/][A-Za-z?]$`)
	namedValue = regexp.MustCompile(`^([A-Za-z][a-z]{2,}(?:[-_]?[A-Za-z]?[a-z]+)*)=(.*)$`)
	// plainPart is a word of one kind of letter, or a number: what has letters and numbers mixed may
	// be a password.
	plainPart = regexp.MustCompile(`^(?:[A-Z]?[a-z]{0,24}|[A-Z]{1,15}|\d{1,5})$`)
	pathForm  = regexp.MustCompile(`^(?:[A-Za-z]:)?[\\/]|^\.{1,2}[\\/]|^https?://|\.[a-z]{2,4}$|^\d{1,3}(?:\.\d{1,3}){3}$|^\d{1,5}$`)
	joints    = regexp.MustCompile(`[\\/._,-]`)
	// rooted is what may have a colon: a drive, or the scheme and the port of an address. In
	// alice:letmein it says who has which password.
	rooted = regexp.MustCompile(`^(?:[A-Za-z]:|https?:/)([\\/].*?)(?::\d{1,5}([\\/].*)?)?$`)
)

// plainInput tells whether an input plainly holds no secret, as it is or as it stands in slash
// text, in quotes. Both readings must be plain where it stands in quotes.
func plainInput(input string) bool {
	whole, rest, quoted := text.CutQuoted(strings.TrimSpace(input), true)
	return plainWords(input) || quoted && rest == "" && plainWords(whole)
}

// The words are walked in order, since a flag says what the next word is.
func plainWords(input string) bool {
	words := inputWord.FindAllString(input, -1)
	left := inputWord.ReplaceAllString(input, "")
	if strings.TrimSpace(left) != "" || secretWord.MatchString(input) {
		return false // a quote that is open, or a word that says what follows
	}
	for i, w := range words {
		switch {
		case loneFlag.MatchString(w): // -p is a password as well as a path; -r with nothing behind it is neither
			if i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
				return false
			}
		case strings.HasPrefix(w, "-"), strings.HasPrefix(w, "/") && longFlag.MatchString(w):
			flag := longFlag.FindStringSubmatch(w)
			if flag == nil || gluedP.MatchString(w) || !plainValue(flag[2], true) {
				return false
			}
		default:
			if !plainWordAfter(w, i > 0 && longFlag.MatchString(words[i-1])) {
				return false
			}
		}
	}
	return true
}

// plainWordAfter tells whether a word that is no flag is plainly no secret. Behind a flag that has
// a name a simple word is what the name says; elsewhere it may be anything.
func plainWordAfter(word string, behindFlag bool) bool {
	word = strings.Trim(word, `"'`)
	if m := namedValue.FindStringSubmatch(word); m != nil {
		return plainValue(m[2], true)
	}
	return plainValue(word, behindFlag)
}

// plainValue tells whether a value is a path, an address, a number or, where a name says what it
// is, simple words.
func plainValue(value string, hasName bool) bool {
	if !hasName && !pathForm.MatchString(value) {
		return false
	}
	value = rooted.ReplaceAllString(value, "${1}${2}")
	return !slices.ContainsFunc(joints.Split(value, -1), func(part string) bool {
		return slices.ContainsFunc(strings.Fields(part), func(word string) bool { return !plainPart.MatchString(word) })
	})
}
