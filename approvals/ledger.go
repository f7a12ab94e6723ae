package approvals

import (
	"bytes"
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"s1bot/approvals/policy"
)

// A Config is what a Ledger needs. Store and Owner are required.
//
// Timeout and Lease are what a person or a crash has to wait for. Within twenty seconds of lease
// three renewals must fail before a run counts as dead, so a process that pauses for a slow disk
// keeps it; and after a crash nobody looks at "running" for longer than that.
type Config struct {
	Store   Store
	Owner   string           // names this process among those that share the Store; another one after each start
	Timeout time.Duration    // how long a request waits for a decision; 30 minutes unless set
	Lease   time.Duration    // how long a run counts as alive without a sign of life; 20 seconds unless set
	Key     []byte           // seals secrets that must wait, see Seal; KeySize bytes, or none
	Now     func() time.Time // the clock; the system's, never set back, unless set
	NewID   func() string    // a new unique id; random unless set
	Changed func(Request)    // told of every row that was changed, after the commit, in the changing goroutine; must not block
	Logger  *slog.Logger
}

// A Ledger takes requests through their life: it loads a row, makes one step of its state machine,
// and writes the row back with its audit entry by compare-and-swap, again if somebody else was
// faster. It starts nothing by itself and has no state but its own runs (ownRuns) and what it
// saw of others' (signsOfLife): any number of Ledgers in any number of processes may share a Store.
//
// Changed is called after the commit, never before: who is told of a row may read it and must find
// what they were told.
//
// A method is a step, as the diagram of the package has them, or finds what is due for one:
// decisions in decide.go, a run in run.go and recover.go, an isolation's end in term.go, the freeze
// in freeze.go; how a step gets into the row is step.go, and what the trail says of it entries.go.
// All of them need the clock, the store and the trail and nothing else, so that types apart would
// only repeat that. What is no step, which messages show a request, is apart: see Cards.
type Ledger struct {
	store          Store
	owner          string
	timeout, lease time.Duration
	now            func() time.Time
	newID          func() string
	changed        func(Request)
	log            *slog.Logger
	seal           cipher.AEAD // nil without a key
	own            ownRuns
	signs          signsOfLife
}

// maxAttempts bounds how often a step is tried again after others changed the row. Each conflict is
// a step that somebody else made, and a request has few of them: a run that renews its lease,
// twenty people who click at once. Whoever fails so often met a fault, and an error is better than
// a loop.
const maxAttempts = 64

// New makes a Ledger.
func New(c Config) (*Ledger, error) {
	if c.Store == nil || c.Owner == "" {
		return nil, errors.New("approvals: a ledger needs a store and an owner")
	}
	l := &Ledger{
		store: c.Store, owner: c.Owner, timeout: cmp.Or(c.Timeout, 30*time.Minute), lease: cmp.Or(c.Lease, 20*time.Second),
		now: c.Now, newID: c.NewID, changed: c.Changed, log: c.Logger,
	}
	var err error
	if l.seal, err = newSeal(c.Key); err != nil {
		return nil, err
	}
	if l.now == nil {
		l.now = systemClock()
	}
	if l.newID == nil {
		l.newID = rand.Text
	}
	if l.changed == nil {
		l.changed = func(Request) {}
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	return l, nil
}

// clock is the time as the Store keeps it.
//
// Stores keep milliseconds. A time with more digits would be another one when it is read again, and
// its entry would have another hash.
func (l *Ledger) clock() time.Time { return l.now().UTC().Truncate(time.Millisecond) }

// Submit makes a request of r, which needs Key, Command, Requester and what a Decision sets (see
// Decision.On): State Pending with a quorum, or State Approved without one. Id (unless Seal gave
// it), reference and times are given here. The same key again returns the request that exists, and
// false. ErrConflict: the requester asked for something else since the decision that r obeys, which
// may be another one now; see Tally.
//
// Three things are decided by one insert, and so at one moment. The key makes a click that is
// delivered twice one request. The reference is drawn at random, four digits first because people
// type it; with a few thousand requests in the database some collide, and the next try is a digit
// longer. And Seen lets the Store refuse what the decision did not know of: two commands sent at
// the same moment would otherwise each find room in the hour's budget that only one of them has.
func (l *Ledger) Submit(ctx context.Context, r Request) (stored Request, created bool, err error) {
	if err := r.validate(); err != nil {
		return r, false, fmt.Errorf("submit %s: %w", r.Command, err)
	}
	now := l.clock()
	if len(r.Sealed) == 0 {
		r.ID = l.newID()
	}
	r.Created, r.Expires = now, now.Add(cmp.Or(r.Wait, l.timeout))
	r.Rev, r.Moved = 1, now
	if r.State == Approved {
		r.Agreed = now
	}
	for n := 4; n <= 16; n++ { // longer references after each collision
		r.Ref = newRef(n)
		stored, created, err = l.store.Insert(ctx, r, entry(r, now, ActionAsked, r.actor(), askedDetail(r)))
		if !errors.Is(err, ErrDuplicate) {
			break
		}
	}
	if err != nil {
		return r, false, fmt.Errorf("submit %s: %w", r.Command, l.unsubmitted(ctx, r.Key, err))
	}
	if created {
		l.changed(stored)
	}
	return stored, created, nil
}

// actor is who asks for r: the requester, or the bot by itself on their behalf.
//
// What the bot files at the end of an isolation counts against the requester's rights, and the
// trail still says that it was no person.
func (r *Request) actor() string {
	if r.After != "" {
		return ""
	}
	return r.Requester
}

// validate reports what r lacks to be submitted, and brings its JSON into one form, so that what is
// stored is what was given.
//
// State and quorum must agree here, because nothing later looks at them together: a request that is
// approved and has a quorum would run without an approval, one that waits without a quorum would
// wait for nobody.
func (r *Request) validate() error {
	switch {
	case r.Key == "", r.Command == "", r.Requester == "":
		return fmt.Errorf("%w: key, command and requester are needed", ErrInvalid)
	case r.State == Pending && r.Quorum > 0 && len(r.By) > 0:
	case r.State == Approved && r.Quorum == 0:
	default:
		return fmt.Errorf("%w: %q with a quorum of %d of %q is neither waiting nor approved", ErrInvalid, r.State, r.Quorum, r.By)
	}
	if r.Term != nil && (r.Term.For < MinTerm || r.Term.For > MaxTerm) {
		return fmt.Errorf("%w: for %s", ErrInvalid, r.Term.For)
	}
	for _, raw := range []*json.RawMessage{&r.Args, &r.Plan} {
		if len(*raw) == 0 {
			continue
		}
		var b bytes.Buffer
		if err := json.Compact(&b, *raw); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		*raw = b.Bytes()
	}
	return nil
}

// RefPrefix begins every reference, and no id.
//
// The ids are base 32 (crypto/rand.Text) and have no hyphen, so what a person or a button gives is
// one or the other and never both.
const RefPrefix = "A-"

// newRef makes a reference of n random characters that cannot be misread or mistaken for a word:
// "A-7F3A".
//
// Hexadecimal digits have no O beside the 0 and no I beside the 1, and make few words.
func newRef(n int) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = digits[b[i]%16]
	}
	return RefPrefix + string(b)
}

// Get returns the request with that id, or with that reference ("A-7F3A"), or ErrNotFound.
func (l *Ledger) Get(ctx context.Context, idOrRef string) (Request, error) {
	if idOrRef == "" {
		return Request{}, fmt.Errorf("request without an id: %w", ErrNotFound)
	}
	for _, q := range []Query{{ID: idOrRef}, {Ref: idOrRef}} {
		rs, err := l.store.Find(ctx, q)
		if err != nil {
			return Request{}, fmt.Errorf("look up request %s: %w", idOrRef, readError{err})
		}
		if len(rs) > 0 {
			return rs[0], nil
		}
	}
	return Request{}, fmt.Errorf("request %s: %w", idOrRef, ErrNotFound)
}

// Made returns the request that was made under key, if one was.
//
// It is asked first when a delivery is taken up again after a crash: what was written down then is
// not asked for a second time, whatever the console or the policy would say of it by now.
func (l *Ledger) Made(ctx context.Context, key string) (r Request, made bool, err error) {
	if key == "" {
		return Request{}, false, nil
	}
	rs, err := l.store.Find(ctx, Query{Key: key, Limit: 1})
	if err != nil {
		return Request{}, false, fmt.Errorf("look for the request of %s: %w", key, err)
	}
	if len(rs) == 0 {
		return Request{}, false, nil
	}
	return rs[0], true, nil
}

// Find returns the requests that match, oldest first.
func (l *Ledger) Find(ctx context.Context, q Query) ([]Request, error) { return l.store.Find(ctx, q) }

// Audit returns the entries of the trail that match, oldest first.
func (l *Ledger) Audit(ctx context.Context, q AuditQuery) (Trail, error) {
	return l.store.Audit(ctx, q)
}

// LastHour counts what the person asked for within the last hour: all their requests, and what
// those on one console acted on. A request without a console is older than names, and counts on
// each.
//
// What was turned down costs nothing, and neither does what the bot files by itself at the end of
// an isolation. A destructive request counts at least one: some touch nothing that has a name, and
// fifty of those in an hour are as odd. Requests counts everything, so that Submit notices anything
// that came in between.
func (l *Ledger) LastHour(ctx context.Context, requester, console string) (policy.Tally, error) {
	t := policy.Tally{Since: l.clock().Add(-time.Hour)}
	rs, err := l.store.Find(ctx, Query{Requester: requester, Since: t.Since})
	if err != nil {
		return t, fmt.Errorf("count the last hour's targets of %s: %w", requester, err)
	}
	t.Requests = len(rs)
	for _, r := range rs {
		switch turnedDown := slices.Contains([]State{Denied, Expired, Withdrawn, NotRun}, r.State); {
		case turnedDown || r.After != "" || r.Console != "" && r.Console != console:
		case r.Risk == policy.RiskDestructive:
			t.Targets += max(r.Targets, r.Endpoints, 1)
		case r.Risk == policy.RiskChange:
			t.Endpoints += r.Endpoints
		}
	}
	return t, nil
}
