package trail

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/commands/consoles"
	"s1bot/commands/text"
)

// sentences are how each step of a request is told. A row of a later version, whose action is not
// here, is told by other.
var sentences = map[string]func(narrator) string{
	approvals.ActionAsked: narrator.asked, approvals.ActionApproved: narrator.approved, approvals.ActionDenied: narrator.denied,
	approvals.ActionWithdrawn: narrator.withdrawn, approvals.ActionExpired: narrator.expired, approvals.ActionStarted: narrator.started,
	approvals.ActionFinished: narrator.finished, approvals.ActionInterrupted: narrator.interrupted, approvals.ActionReopened: narrator.reopened,
	approvals.ActionClosed: narrator.closed, approvals.ActionRefused: narrator.refused, approvals.ActionObserved: narrator.observed,
	approvals.ActionHeld: narrator.held, approvals.ActionNotRun: narrator.notRun, approvals.ActionFrozen: narrator.frozen, approvals.ActionFreezeReason: narrator.freezeReason,
	approvals.ActionThawed: narrator.thawed, approvals.ActionWarned: narrator.warned, approvals.ActionExtended: narrator.extended,
	approvals.ActionProposed: narrator.proposed, approvals.ActionExtensionRequested: narrator.extensionRequested, approvals.ActionExtensionDenied: narrator.extensionDenied, approvals.ActionEnded: narrator.ended, approvals.ActionUndone: narrator.undone,
}

// sentence says what happened.
//
// Names that the row itself carries win over what is asked elsewhere: the trail tells of people and
// hosts as they were called then.
func (r *Reader) sentence(ctx context.Context, e approvals.Entry, d detail) string {
	s := r.subject(ctx, e)
	t := narrator{d: d, who: r.who(ctx, e.Actor), what: s.title}
	if s.targets != "" {
		t.what += " (" + s.targets + ")"
	}
	if d.Console != "" && d.Console != consoles.Default {
		t.what += " on console " + name(d.Console)
	}
	t.whose = t.what
	if id := cmp.Or(d.Requester, s.requester); id != "" && id != e.Actor {
		t.requester = r.person(ctx, id)
		t.whose += " for " + t.requester
	}
	for _, v := range d.Approvals {
		switch who := r.person(ctx, v.User); v.Void {
		case "":
			t.approvers = append(t.approvers, who)
		default:
			t.void = append(t.void, who+", who "+name(v.Void))
		}
	}
	tell, known := sentences[e.Action]
	if !known {
		return t.other(e)
	}
	return tell(t)
}

// A narrator has the parts of a sentence, each harmless.
//
// Only d is as it was written by whoever; its texts go through quote, name or Line wherever a
// sentence takes them up.
type narrator struct {
	d         detail
	who       string // did it
	what      string // "Disconnect Agent From Network (DESKTOP-1)"
	requester string // where somebody else did it
	whose     string // what, and for whom
	approvers []string
	void      []string // who approved as well and did not count when it ran, and why
}

// because ends a sentence with what somebody gave as a reason.
//
// Always quoted, because a reason could be written to read like the sentence going on.
func because(sentence, reason string) string {
	if reason == "" {
		return sentence + "."
	}
	return sentence + ": " + quote(strings.TrimSuffix(reason, ".")) + "."
}

// more says how many approvals are missing, or what follows where none is.
func (t narrator) more(then string) string {
	switch {
	case t.d.Missing == 1:
		return " 1 more approval is needed."
	case t.d.Missing > 1:
		return fmt.Sprintf(" %d more approvals are needed.", t.d.Missing)
	}
	return then
}

// asked is the one sentence with everything: who, what, for whom, how long, why, and what it takes
// to run.
func (t narrator) asked() string {
	words := t.who + " requested " + t.what
	if t.who == "s1bot" {
		words = t.who + " requested " + t.whose
	}
	words += forSpan(" for ", t.d.For)
	words = because(words, t.d.Reason)
	if t.d.Ticket != "" {
		words += " Ticket " + quote(t.d.Ticket) + "."
	}
	var roles []string
	_ = json.Unmarshal(t.d.By, &roles)
	for i := range roles {
		roles[i] = name(roles[i])
	}
	if t.d.State == string(approvals.Approved) {
		return words + " No approval is needed."
	}
	return words + " It needs " + text.Plural(t.d.Quorum, "approval") + " from " + strings.Join(roles, " or ") + "."
}

func (t narrator) approved() string {
	return because(t.who+" approved "+t.whose, t.d.Reason) + t.more(" It may run now.")
}
func (t narrator) denied() string    { return because(t.who+" denied "+t.whose, t.d.Reason) }
func (t narrator) withdrawn() string { return because(t.who+" withdrew "+t.whose, t.d.Reason+t.d.Why) }

func (t narrator) expired() string {
	if t.d.Why != "" {
		return because(t.whose+" expired", t.d.Why)
	}
	if t.d.Was == string(approvals.Approved) {
		return t.whose + " was approved but didn't run in time, so it expired."
	}
	return t.whose + " expired: nobody decided in time."
}

func (t narrator) started() string {
	words := "s1bot started " + t.whose
	if len(t.approvers) > 0 {
		words += ", approved by " + strings.Join(t.approvers, " and ")
	}
	words += "."
	if len(t.void) > 0 {
		words += " Not counted: the approval of " + strings.Join(t.void, " and of ") + "."
	}
	return words
}

// finished tells the outcome in the specification's word, with the console's answer behind it.
func (t narrator) finished() string {
	words := t.whose + " ended: " + name(t.d.Outcome) + "."
	return words + t.answer()
}

func (t narrator) interrupted() string {
	return t.whose + " was interrupted: it may have run." + t.answer()
}

// answer is what the console answered, or why there is no answer.
func (t narrator) answer() (words string) {
	if t.d.Answer != "" {
		words += " Answer: " + quote(t.d.Answer) + "."
	}
	if t.d.Err != "" && t.d.Err != t.d.Answer {
		words += " Error: " + quote(t.d.Err) + "."
	}
	return words
}

func (t narrator) reopened() string {
	if t.who == "s1bot" {
		return t.whose + " was interrupted and is safe to repeat, so s1bot runs it again."
	}
	return because(t.who+" had "+t.whose+" run again", t.d.Reason)
}

func (t narrator) closed() string { return because(t.who+" closed "+t.whose, t.d.Reason) }

// A refused step on a request names the step; what was refused before it became a request has none.
func (t narrator) refused() string {
	if t.d.Wanted != "" {
		return because(t.who+" wasn't allowed to take the step “"+Line(t.d.Wanted)+"” on "+t.whose, t.d.Why)
	}
	return because(t.who+" was refused "+t.what, t.d.Why)
}

func (t narrator) observed() string {
	if words := effect.Words(t.d.Effect); words != "" {
		return "The console shows for " + t.whose + ": " + Line(words) + "."
	}
	return "s1bot asked the console about " + t.whose + "."
}

func (t narrator) held() string   { return because(t.whose+" waits", t.d.Why) }
func (t narrator) notRun() string { return because(t.whose+" was approved but didn't run", t.d.Why) }
func (t narrator) frozen() string { return because(t.who+" froze all changes", t.d.Reason) }

func (t narrator) freezeReason() string {
	return because(t.who+" said why changes are frozen", t.d.Reason)
}

func (t narrator) thawed() string {
	return t.who + " approved ending the freeze." + t.more(" Changes can run again.")
}

func (t narrator) warned() string {
	return "s1bot warned of the upcoming end of " + t.whose + t.ends(" at ") + "."
}

func (t narrator) extended() string {
	return because(t.who+" extended "+t.whose+t.by()+t.ends(", until "), t.d.Reason)
}

func (t narrator) proposed() string {
	return because(t.who+" approved extending "+t.whose+t.by(), t.d.Reason) + t.more("")
}

func (t narrator) extensionRequested() string {
	return because(t.who+" asked to extend "+t.whose+t.by(), t.d.Reason)
}
func (t narrator) extensionDenied() string {
	return because(t.who+" denied extending "+t.whose+t.by(), t.d.Reason)
}
func (t narrator) ended() string {
	return because("The time limit of "+t.whose+" has passed", t.d.Note)
}

func (t narrator) undone() string {
	return because("What "+t.whose+" did was undone", t.d.Note)
}

// ends is when what lasts for a time is over.
func (t narrator) ends(before string) string {
	if t.d.Ends.IsZero() {
		return ""
	}
	return before + t.d.Ends.UTC().Format(timeLayout)
}

// by is how much longer something lasts.
//
// In these rows "by" is a duration as text; in a new request it is a list of roles.
func (t narrator) by() string {
	var by string
	_ = json.Unmarshal(t.d.By, &by)
	return forSpan(" by ", by)
}

// forSpan says a duration of Go's in words.
func forSpan(before, span string) string {
	d, err := time.ParseDuration(span)
	if err != nil || d <= 0 {
		return ""
	}
	return before + text.SpanWords(d)
}

// timeLayout is how times are written: in UTC, to the second.
const timeLayout = "2006-01-02 15:04:05Z"

// other tells of a step that is no request's: who did it, and all that the row keeps of it.
//
// Keys come sorted, so that the same row always reads the same.
func (t narrator) other(e approvals.Entry) string {
	var kept map[string]any
	_ = json.Unmarshal(e.Detail, &kept)
	delete(kept, "who")
	words := t.who + ": " + name(e.Action) + ", " + t.what
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		value, isText := kept[key].(string)
		if !isText {
			body, _ := json.Marshal(kept[key])
			value = string(body)
		}
		if value != "" {
			words += ", " + name(key) + " " + name(value)
		}
	}
	return words + "."
}

// String is the row as a line for a terminal.
func (r Row) String() string {
	ref := r.Ref
	if ref == "" {
		ref = "-"
	}
	return fmt.Sprintf("%6d  %s  %-8s %-11s %s", r.Seq, r.At.UTC().Format(timeLayout), name(ref), name(r.Action), r.Sentence)
}
