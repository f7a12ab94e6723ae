// Package trail says what the audit trail says to people who read it outside Slack: a line in a
// terminal, a page for auditors, a message to a SIEM. A row of the trail keeps ids, hashes and
// JSON; a reader wants to know who did what to which host.
//
// A Reader goes through rows in their order. It learns people's names and what a request touches
// from the rows themselves, and asks its Config only for what lies before the first row that it is
// shown. What it makes of a row is a Row: one sentence, with the row beside it.
//
// The rule that must not break: a row is one line. Names of hosts and files, reasons and answers
// are written by others, some of them attackers; they are quoted where they could be read as our
// words, and nothing in them ends a line, hides a character or turns its order.
package trail

import (
	"context"
	"encoding/json"
	"time"

	"s1bot/approvals"
	"s1bot/commands/catalog"
)

// Config is what a Reader asks for what the rows before it do not say. Each function may be nil,
// and may answer that it does not know.
//
// Request and Person are not asked twice for the same id, as long as a Reader remembers it.
type Config struct {
	Title   func(command string) string                                    // of a command, by its name
	Request func(ctx context.Context, id string) (approvals.Request, bool) // by its id
	Person  func(ctx context.Context, id string) string                    // the name of a person, by the Slack user id
}

// A Row is one entry of the trail as people read it. All but Entry is one line of harmless text.
type Row struct {
	approvals.Entry
	Who      string // the name and the Slack user id; "s1bot" where the bot did it by itself
	Sentence string
}

// A Reader makes rows of entries. It is for one goroutine.
//
// Both maps are emptied when they are full rather than pruned: a reader that begins in the middle
// of a long trail must not grow with it, and what it forgets it can ask for again.
type Reader struct {
	Config
	people   map[string]string
	subjects map[string]subject
}

// A subject is what a request is about.
type subject struct{ requester, title, targets string }

// remembered bounds what a Reader keeps of requests and of people: rows of one request stand close
// to each other.
const remembered = 4096

// New is a Reader of what c knows.
func New(c Config) *Reader {
	return &Reader{Config: c, people: map[string]string{}, subjects: map[string]subject{}}
}

// Row is e as people read it.
func (r *Reader) Row(ctx context.Context, e approvals.Entry) Row {
	d := detailOf(e)
	r.learn(e, d)
	return Row{Entry: e, Who: r.who(ctx, e.Actor), Sentence: r.sentence(ctx, e, d)}
}

// A detail is what rows keep of a step, whatever the step: each has some of these.
type detail struct {
	Who       string           `json:"who"`       // the actor's name
	Requester string           `json:"requester"` // whose request it is
	Name      string           `json:"name"`      // the requester's
	Console   string           `json:"console"`   // by name; empty in rows from before there were names
	Reason    string           `json:"reason"`
	Ticket    string           `json:"ticket"`
	Why       string           `json:"why"`
	Note      string           `json:"note"`
	State     string           `json:"state"`
	Was       string           `json:"was"` // the state before
	Wanted    string           `json:"wanted"`
	Outcome   string           `json:"outcome"`
	Answer    string           `json:"answer"`
	Err       string           `json:"err"`
	For       string           `json:"for"`
	By        json.RawMessage  `json:"by"` // roles of a request, the time of an extension
	Ends      time.Time        `json:"ends"`
	Quorum    int              `json:"quorum"`
	Missing   int              `json:"missing"`
	Targets   int              `json:"targets"`
	Approvals []approvals.Vote `json:"approvals"`
	Effect    json.RawMessage  `json:"effect"`
	Plan      catalog.Plan     `json:"plan"`
}

// detailOf reads what a row keeps. What has another form than expected is left out; the rest is
// there.
func detailOf(e approvals.Entry) (d detail) {
	_ = json.Unmarshal(e.Detail, &d)
	return d
}

// learn keeps what a row says about people and about its request.
//
// The row that asked is the only one with the plan. All later rows of the request name its targets
// by what is learned here.
func (r *Reader) learn(e approvals.Entry, d detail) {
	if len(r.people) >= remembered {
		clear(r.people)
	}
	if len(r.subjects) >= remembered {
		clear(r.subjects)
	}
	if d.Who != "" && e.Actor != "" {
		r.people[e.Actor] = d.Who
	}
	if d.Name != "" && d.Requester != "" {
		r.people[d.Requester] = d.Name
	}
	if e.Action == approvals.ActionAsked && len(d.Plan.Targets) > 0 {
		r.subjects[e.Request] = subject{d.Requester, r.title(e.Command), targets(d.Plan, d.Targets)}
	}
}

// subject is what the request of e is about: as the row that asked for it says, else as the
// request's own row does.
func (r *Reader) subject(ctx context.Context, e approvals.Entry) subject {
	if s, known := r.subjects[e.Request]; known || e.Request == "" || r.Request == nil {
		return subject{s.requester, r.title(e.Command), s.targets}
	}
	s := subject{title: r.title(e.Command)}
	if req, found := r.Request(ctx, e.Request); found {
		var plan catalog.Plan
		_ = json.Unmarshal(req.Plan, &plan)
		s.requester, s.targets = req.Requester, targets(plan, req.Targets)
		if req.RequesterName != "" {
			r.people[req.Requester] = req.RequesterName
		}
	}
	r.subjects[e.Request] = s
	return s
}

// title is what people call a command.
func (r *Reader) title(command string) string {
	if r.Title != nil {
		if title := r.Title(command); title != "" {
			return title
		}
	}
	return name(command)
}

// person is the name of a Slack user, else the id.
func (r *Reader) person(ctx context.Context, id string) string {
	known, ok := r.people[id]
	if !ok && r.Person != nil {
		known = r.Person(ctx, id)
		r.people[id] = known
	}
	if known == "" {
		return name(id)
	}
	return name(known)
}

// who is the name of a Slack user with the id, which tells apart two of one name.
func (r *Reader) who(ctx context.Context, id string) string {
	switch known := r.person(ctx, id); {
	case id == "":
		return "s1bot"
	case known == name(id):
		return known
	default:
		return known + " (" + name(id) + ")"
	}
}
