// Package home keeps the Home tab of each person up to date.
//
// A tab is a pure function of rows (page.go): requests and freezes of the ledger, figures that the
// notifier counted, a person's own commands. So looking at it costs the console nothing, however
// many people look, and every process draws the same.
//
//	opened ──▶ drawn and published at once
//	every few seconds ──▶ drawn anew for each who opened it today ──differs from what Slack has──▶ published
//	somebody acted there ──▶ drawn anew for them at once, and every second until what they did must have shown
//
// What Slack has is remembered in the database as a fingerprint, and whoever changes that
// publishes: of several processes one does, at most every ten seconds a person, and after a restart
// nobody looks at old buttons for longer than that.
//
// The rule one must not break: nothing here is a gate. A tab shows what may be clicked as far as it
// is known; who clicks passes the same gates as on a card.
package home

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/notifier/figures"
	"s1bot/render"
)

// Watched is for how long a tab is kept up to date after it was opened.
const Watched = 24 * time.Hour

// The numbers belong together: hurryFor has to be longer than pause, or what somebody does just
// after a publication would not show before the next round.
const (
	pause      = 10 * time.Second // between two publications for one person
	glance     = time.Second      // between looks for somebody who acted
	hurryFor   = pause + 2*glance // how long those go on: one that had to wait for the pause still comes
	sharedFor  = 2 * time.Second  // how long what all see is read once: a hundred people who open it together read it once
	personFor  = 5 * time.Minute  // how long it is believed who somebody is, where they only look
	creditFor  = 10 * time.Second // how long it is believed who isolated an endpoint, while the same ones are isolated
	creditFrom = 30 * 24 * time.Hour
	creditPage = 250
	maxListed  = 200 // requests that wait or run
)

// ErrOff says that the app has no Home tab.
var ErrOff = errors.New("the Home tab of this Slack app is off")

// A Publisher shows somebody their tab. It fails with ErrOff where the app has none.
type Publisher interface {
	Publish(ctx context.Context, user string, page render.Page) error
}

// Views remembers who opened the tab and what of it Slack has.
//
// It is the only thing that several processes share about tabs, and Claim is the only decision
// between them. It is made in the database, in one step: two processes that draw the same page at
// the same moment publish once.
type Views interface {
	// Opened notes that somebody opened it.
	Opened(ctx context.Context, user string, at time.Time) error
	// Viewers are those who opened it at since or later and for whom nothing was published after
	// notAfter.
	Viewers(ctx context.Context, since, notAfter time.Time) (users []string, err error)
	// Claim lets one process publish: true for whoever changes the fingerprint, or, with force, though
	// it stays the same. Nobody may who was published for after notAfter.
	Claim(ctx context.Context, user, print string, now, notAfter time.Time, force bool) (bool, error)
	// Release forgets a fingerprint: what it stands for did not get there.
	Release(ctx context.Context, user string) error
}

// A Ledger has the requests.
type Ledger interface {
	Find(ctx context.Context, q approvals.Query) ([]approvals.Request, error)
	Frozen(ctx context.Context) (approvals.Request, bool, error)
}

// Figures are what was counted about the consoles, by figures.Of.
type Figures interface {
	All(ctx context.Context) (map[string]figures.Figure, error)
	figures.Store
}

// History is what a person ran, the newest first.
type History interface {
	Last(ctx context.Context, user string, n int) ([]string, error)
}

// A Config is what a Keeper needs, all of it.
type Config struct {
	Catalog   *catalog.Catalog
	Consoles  *consoles.Set
	Ledger    Ledger
	Figures   Figures
	Views     Views
	History   History
	Saved     func(ctx context.Context, user string) ([]Line, error) // what a person saved
	Publisher Publisher
	Who       func(ctx context.Context, user string) workflow.Person
	Sockets   func() int
	TokenEnds func() TokenEnd
	Words     Words
	Every     time.Duration // between looks for what changed
	Patience  time.Duration // how long the first who opens a tab waits for figures to be counted
	Now       func() time.Time
	Log       *slog.Logger
}

// A Keeper keeps tabs up to date. It is safe for use by several goroutines.
//
// What it holds beside the database is a cache, and each entry has its own age: losing it costs a
// few reads. The lock is held while the shared state is read from the database (everybodys), on
// purpose: a hundred people who open the tab at once wait for one read and do not make a hundred.
type Keeper struct {
	Config

	mu       sync.Mutex
	shared   State // what all see
	sharedAt time.Time
	credits  credits
	credited time.Time
	creditOf string // the figure that the credits are for
	people   map[string]known
	off      time.Time            // when Slack last said that there is no tab
	hurried  map[string]time.Time // until when it is looked every moment for who acted on their tab
	acted    chan struct{}        // somebody did
}

type known struct {
	person workflow.Person
	at     time.Time
}

// New makes a keeper; it starts nothing.
func New(c Config) *Keeper {
	return &Keeper{Config: c, people: map[string]known{}, hurried: map[string]time.Time{}, acted: make(chan struct{}, 1)}
}

// Opened publishes the tab of somebody who opened it.
//
// Unlike all other looks, this one forces a publication: that Slack has the tab is only what the
// database remembers, and whoever opens it is looking at what is really there.
func (k *Keeper) Opened(ctx context.Context, user string) error {
	if err := k.Views.Opened(ctx, user, k.Now()); err != nil {
		return err
	}
	k.forget(user)
	k.awaitFigures(ctx)
	return k.refresh(ctx, user, true)
}

// Acted has somebody's tab follow at once what they did there. It draws nothing, Run does; at most it
// waits for a reading of what all tabs share.
//
// The channel holds one signal: more would only have Run look more often at the same list.
func (k *Keeper) Acted(user string) {
	k.mu.Lock()
	k.sharedAt = time.Time{} // it was read before
	k.hurried[user] = k.Now().Add(hurryFor)
	k.mu.Unlock()
	select {
	case k.acted <- struct{}{}:
	default:
	}
}

// hurry looks at the tabs of those who acted lately. Whose tab cannot be shown is left to the next
// round.
//
// An error ends the haste of that person, for otherwise one whom Slack refuses would have everybody
// behind them in the order of names wait, every second.
func (k *Keeper) hurry(ctx context.Context) error {
	for _, user := range k.hurrying() {
		if err := k.refresh(ctx, user, false); err != nil {
			k.mu.Lock()
			delete(k.hurried, user)
			k.mu.Unlock()
			return err
		}
	}
	return nil
}

// hurrying are those who acted lately.
func (k *Keeper) hurrying() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.hurried, func(_ string, until time.Time) bool { return k.Now().After(until) })
	return slices.Sorted(maps.Keys(k.hurried))
}

// figuresKept is how old figures may be that somebody is shown without waiting for newer ones.
const figuresKept = 5 * time.Minute

// awaitFigures waits until figures are there, which are counted only while somebody looks; what is
// not there in time is drawn as unknown.
//
// Without the wait, the first look of a morning would show nothing but "not counted yet".
func (k *Keeper) awaitFigures(ctx context.Context) {
	waited := false
	for end := time.Now().Add(k.Patience); time.Now().Before(end) && !k.counted(ctx); waited = true {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	if waited {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.sharedAt = time.Time{} // it was read before there was anything
	}
}

// counted tells whether all figures are known as of lately, or known not to be had.
func (k *Keeper) counted(ctx context.Context) bool {
	all, err := k.Figures.All(ctx)
	if err != nil {
		return true
	}
	since := k.Now().Add(-figuresKept)
	for _, c := range k.Consoles.All() {
		known := figuresOf(all, k.mark(c))
		if len(known) < figures.Count {
			return false
		}
		for _, f := range known {
			if f.Failed == "" && f.At.Before(since) {
				return false
			}
		}
	}
	return true
}

// mark is what the names of a console's figures carry.
func (k *Keeper) mark(c consoles.Console) string {
	if !k.Consoles.Several() {
		return ""
	}
	return k.Consoles.Mark(c)
}

// figuresOf are the figures of one console, by what they count.
func figuresOf(all map[string]figures.Figure, mark string) map[string]figures.Figure {
	own := map[string]figures.Figure{}
	for _, name := range figures.Names() {
		if f, ok := all[figures.Of(name, mark)]; ok {
			own[name] = f
		}
	}
	return own
}

// Run publishes what changed, until ctx ends.
//
// One goroutine does all of it, so tabs are published one after another: what many people open at
// once is published by their own deliveries (Opened) and not here.
func (k *Keeper) Run(ctx context.Context) {
	ticker := time.NewTicker(k.Every)
	defer ticker.Stop()
	glances := time.NewTicker(glance)
	defer glances.Stop()
	for {
		look := k.hurry
		select {
		case <-ctx.Done():
			return
		case <-k.acted:
		case <-glances.C:
		case <-ticker.C:
			look = k.round
		}
		if err := look(ctx); err != nil && ctx.Err() == nil {
			k.Log.Warn("Home tabs are not up to date", "err", err)
		}
	}
}

// round looks at everybody who opened the tab lately. The first who cannot be shown theirs ends it:
// where Slack wants a pause, or has no tab for this app, the others wait, too.
//
// Where the app has no tab at all, it looks again once an hour: somebody may switch it on, and no
// event tells.
func (k *Keeper) round(ctx context.Context) error {
	now := k.Now()
	if now.Sub(k.offSince()) < Watched/24 {
		return nil
	}
	viewers, err := k.Views.Viewers(ctx, now.Add(-Watched), now.Add(-pause))
	if err != nil {
		return err
	}
	for _, user := range viewers {
		if err := k.refresh(ctx, user, false); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) offSince() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.off
}

// refresh draws a tab and publishes it where Slack has another one, or force is set.
//
// Claim comes before the publication, so that no two processes do it, and so a publication that
// fails has to be taken back: Release forgets the fingerprint, and the next round sees a difference
// again. Were the process to die between the two, Slack would keep the old tab until the page
// changes or is opened.
func (k *Keeper) refresh(ctx context.Context, user string, force bool) error {
	state, err := k.state(ctx, user)
	if err != nil {
		return fmt.Errorf("draw the Home tab of %s: %w", user, err)
	}
	page := Page(state, k.Catalog, k.Words)
	print, err := fingerprint(page)
	if err != nil {
		return err
	}
	mine, err := k.Views.Claim(ctx, user, print, k.Now(), k.Now().Add(-pause), force)
	if err != nil || !mine {
		return err
	}
	if err := k.Publisher.Publish(ctx, user, page); err != nil {
		k.noteOff(err)
		return errors.Join(fmt.Errorf("publish the Home tab of %s: %w", user, err), k.Views.Release(context.WithoutCancel(ctx), user))
	}
	return nil
}

func (k *Keeper) noteOff(err error) {
	if errors.Is(err, ErrOff) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.off = k.Now()
	}
}

// fingerprint tells pages that differ.
//
// Times on a page are points in time that Slack shows as "two minutes ago" by itself, so a page
// without news has the same print. Twelve bytes are enough to tell versions of one person's page
// apart.
func fingerprint(p render.Page) (string, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("fingerprint a page: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:12]), nil
}

// state is all that one person's tab shows.
func (k *Keeper) state(ctx context.Context, user string) (State, error) {
	s, err := k.everybodys(ctx)
	if err != nil {
		return s, err
	}
	if s.Person = k.who(ctx, user); !s.Person.Known().Yes() {
		return s, nil
	}
	if s.Recent, err = k.History.Last(ctx, user, maxLines); err == nil {
		s.Saved, err = k.Saved(ctx, user)
	}
	return s, err
}

// Waiting is a modal of what waits for somebody's decision, and of their own requests.
func (k *Keeper) Waiting(ctx context.Context, p workflow.Person) (render.Page, error) {
	k.mu.Lock()
	k.sharedAt = time.Time{} // who asks for it wants it as it is now
	k.mu.Unlock()
	s, err := k.everybodys(ctx)
	s.Person = p
	return WaitingPage(s, k.Catalog, k.Words), err
}

// who is who somebody is, as far as Slack said lately.
//
// An open answer is not kept: it is asked again at the next look. Nothing is decided by what is
// kept here; clicks ask anew.
func (k *Keeper) who(ctx context.Context, user string) workflow.Person {
	k.mu.Lock()
	last, ok := k.people[user]
	k.mu.Unlock()
	if ok && k.Now().Sub(last.at) < personFor && last.person.Known().Open() == "" {
		return last.person
	}
	p := known{k.Who(ctx, user), k.Now()}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.people[user] = p
	return p.person
}

func (k *Keeper) forget(user string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.people, user)
}
