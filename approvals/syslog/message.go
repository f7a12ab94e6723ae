package syslog

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"s1bot/approvals"
)

// The numbers of RFC 5424, 6.2.1: facility 13 is "log audit"; what was refused or went wrong is a
// warning, the rest a notice.
const (
	facility = 13
	warning  = 4
	notice   = 5
)

// maxMessage is what every receiver of syslog over TLS should take (RFC 5425, 4.3.1). What is
// longer may be cut there, in the middle of the JSON, so a row that is longer leaves its detail out
// and says so.
const maxMessage = 8192

// A Sender is what every message says about who sends it.
type Sender struct{ Host, Process string }

// ThisProcess is the sender of this process.
func ThisProcess() Sender {
	host, _ := os.Hostname()
	return Sender{Host: host, Process: strconv.Itoa(os.Getpid())}
}

// A body is the row as JSON: its record, who did it, and the sentence that tells of it.
//
// The entry is embedded, so its fields stand at the top level under the names that `s1bot audit
// --json` has, hash included: a SIEM can verify the chain by itself.
type body struct {
	approvals.Entry
	Who     string `json:"who"`
	Says    string `json:"says"`
	LeftOut int    `json:"detail_bytes_left_out,omitempty"` // the whole row is in the database
}

// Message is a row as a message of RFC 5424 whose text is JSON on one line; who did it and what it
// says are for people.
func (s Sender) Message(e approvals.Entry, who, says string) []byte {
	b := body{Entry: e, Who: who, Says: says}
	message := s.message(b)
	if len(message) > maxMessage {
		b.Detail, b.LeftOut = nil, len(e.Detail)
		message = s.message(b)
	}
	return message
}

// The header is "<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID SD", with the entry's action as
// MSGID and no structured data. The byte order mark before the text is how RFC 5424 (6.4) marks
// UTF-8.
func (s Sender) message(b body) []byte {
	text, err := json.Marshal(b)
	if err != nil { // a detail that somebody made no JSON of
		b.LeftOut, b.Detail = len(b.Detail), nil
		text, _ = json.Marshal(b)
	}
	head := fmt.Sprintf("<%d>1 %s %s s1bot %s %s - \ufeff",
		facility*8+severity(b.Action), b.At.UTC().Format("2006-01-02T15:04:05.000Z"), token(s.Host, 255), token(s.Process, 128), token(b.Action, 32))
	return append([]byte(head), text...)
}

// severity is how loud a row is.
//
// Rules of a SIEM go by it, so only what somebody should look at is a warning.
func severity(action string) int {
	switch action {
	case approvals.ActionRefused, approvals.ActionInterrupted, approvals.ActionNotRun, approvals.ActionHeld, approvals.ActionFrozen:
		return warning
	}
	return notice
}

// token is s as a field of the header: printable ASCII without blanks, at most so long; "-" where
// nothing is left.
//
// The lengths are those of RFC 5424, 6: 255 for the host, 128 for the process, 32 for the message's
// id.
func token(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '_'
		case r <= ' ' || r >= utf8.RuneSelf-1:
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}
