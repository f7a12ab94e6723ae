// Package figures keeps figures about the console: how many threats and alerts are open, by how bad
// they are, and which endpoints are isolated.
//
// A figure is a row with its value, when it was counted, and why it could not be counted the last
// time. The process with the notifier's lease counts, one figure every ten seconds and all of them
// in turn, whether a thousand people look at them or nobody: what it costs the console does not
// depend on who looks. All processes read the rows.
//
// The rule one must not break: a figure that could not be counted is not zero. It keeps its last
// value and its age beside the reason, and whoever shows it says so.
package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"s1bot/commands/refusal"
	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render/streak"
	"s1bot/s1"
)

// Every is the pause between two figures: each is counted about every eighty seconds.
const Every = 10 * time.Second

// wantedEvery is how often a counter at rest looks whether somebody wants figures: the first who
// opens a tab waits for it.
const wantedEvery = 500 * time.Millisecond

// Names of the figures. Those of threats and alerts are numbers, Isolated is Endpoints; Health has
// no value.
const (
	Health     = "console"
	Malicious  = "threats malicious"
	Suspicious = "threats suspicious"
	Critical   = "alerts critical"
	High       = "alerts high"
	Medium     = "alerts medium"
	Low        = "alerts low"
	Isolated   = "isolated"
)

// Count is how many figures there are of one console.
const Count = 8

// Names are the names of all figures of one console.
func Names() []string {
	return []string{Health, Isolated, Malicious, Suspicious, Critical, High, Medium, Low}
}

// Of is the name of a figure of one of several consoles, by the name that the console has in the
// journal.
func Of(name, console string) string { return string(journal.Source(name).Of(console)) }

// A Figure is one thing that was counted.
type Figure struct {
	Name   string          // see Of
	Body   json.RawMessage // nil where it was never counted
	At     time.Time       // when Body was counted; zero if never
	Failed string          // why it could not be counted since; empty where the last try succeeded
}

// Endpoints are endpoints with how many there are, be it more than are named.
type Endpoints struct {
	Total int        `json:"total"`
	Named []Endpoint `json:"named"`
}

// An Endpoint is one, by its id.
type Endpoint struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Site string `json:"site,omitempty"`
}

// maxNamed is how many isolated endpoints are named.
const maxNamed = 100

// A Console counts; *s1.Client is one.
type Console interface {
	SystemInfo(ctx context.Context) (s1.SystemInfo, error)
	CountThreats(ctx context.Context, q s1.Query) (int, error)
	CountAlerts(ctx context.Context, q s1.Query) (int, error)
	AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error)
}

// A Store keeps figures. SetFigure leaves body and time of one that failed as they were.
type Store interface {
	SetFigure(ctx context.Context, f Figure) error
}

// A Counter counts.
//
// It asks for counts and, of isolated endpoints, for one page; nothing grows with the size of the
// tenant. Eight questions in eighty seconds are what the Home tabs of a whole company cost the
// console.
type Counter struct {
	Console Console
	Unified func(ctx context.Context, q s1.Query) (int, error) // counts unified alerts, where the console has no others; nil: it has none
	Mark    string                                             // of the console among several, see Of
	Store   Store
	Now     func() time.Time
	Log     *slog.Logger
	Pause   time.Duration                           // between figures; Every unless set
	Wanted  func(ctx context.Context) (bool, error) // whether somebody looks at figures
}

// rest waits until somebody wants figures, and tells whether it had to.
//
// An error counts as unwanted: a database that does not answer could not keep the figure either.
func (c Counter) rest(ctx context.Context) (rested bool) {
	for ctx.Err() == nil {
		wanted, err := c.Wanted(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.Warn("cannot tell whether somebody looks at figures", "err", err)
		}
		if wanted {
			return rested
		}
		rested = true
		pacing.Rest(ctx, wantedEvery, nil)
	}
	return rested
}

// Run counts all figures and then each in its turn, until ctx ends. After a rest it counts all at
// once again.
//
// The first round has no pauses, because somebody is looking at an empty tab then.
func (c Counter) Run(ctx context.Context) {
	pause := Every
	if c.Pause > 0 {
		pause = c.Pause
	}
	failing := map[string]*streak.Streak{}
	for round := 0; ctx.Err() == nil; round++ {
		if c.rest(ctx) {
			round = 0
		}
		for _, q := range c.questions() {
			if failing[q.name] == nil {
				failing[q.name] = &streak.Streak{}
			}
			if err := c.count(ctx, q); err != nil && ctx.Err() == nil {
				failing[q.name].Failed(c.Log, c.Now(), "cannot count "+q.name, err)
			} else if err == nil {
				failing[q.name].Over(c.Log, c.Now(), "counting "+q.name+" works again")
			}
			if round > 0 {
				pacing.Rest(ctx, pause, nil)
			}
			if ctx.Err() != nil {
				return
			}
		}
	}
}

// Recount counts one figure now, for somebody who asks for it. What fails is written down, as ever.
func (c Counter) Recount(ctx context.Context, name string) error {
	for _, q := range c.questions() {
		if q.name == name {
			return c.count(ctx, q)
		}
	}
	return fmt.Errorf("recount: there is no figure %q", name)
}

// count asks for one figure and writes it down, or why it could not be had.
func (c Counter) count(ctx context.Context, q question) error {
	value, err := q.ask(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f := Figure{Name: Of(q.name, c.Mark), At: c.Now()}
	if err == nil {
		f.Body, err = json.Marshal(value)
	}
	if err != nil {
		f.Failed = refusal.ProblemWords(err)
	}
	if written := c.Store.SetFigure(ctx, f); written != nil {
		return written
	}
	return err
}

type question struct {
	name string
	ask  func(ctx context.Context) (any, error)
}

// questions are in the order in which a fresh start asks them.
func (c Counter) questions() []question {
	all := []question{
		{Health, func(ctx context.Context) (any, error) { _, err := c.Console.SystemInfo(ctx); return nil, err }},
		{Isolated, c.isolated},
	}
	open := s1.Query{}.With("incidentStatuses", string(s1.StatusUnresolved), string(s1.StatusInProgress))
	for _, of := range []struct {
		name  string
		level s1.Confidence
	}{{Malicious, s1.ConfidenceMalicious}, {Suspicious, s1.ConfidenceSuspicious}} {
		all = append(all, question{of.name, func(ctx context.Context) (any, error) {
			return c.Console.CountThreats(ctx, open.With("confidenceLevels", string(of.level)))
		}})
	}
	unsettled := s1.Query{}.With("incidentStatus", "UNRESOLVED", "IN_PROGRESS") // alerts have these words in capitals
	for _, of := range []struct {
		name     string
		severity s1.AlertSeverity
	}{{Critical, s1.SeverityCritical}, {High, s1.SeverityHigh}, {Medium, s1.SeverityMedium}, {Low, s1.SeverityLow}} {
		all = append(all, question{of.name, func(ctx context.Context) (any, error) {
			n, err := c.Console.CountAlerts(ctx, unsettled.With("severity", string(of.severity)))
			if err != nil && c.Unified != nil && s1.Absent(err) {
				return c.Unified(ctx, unifiedAlerts(of.severity))
			}
			return n, err
		}})
	}
	return all
}

// unifiedAlerts are the open ones of a severity, without those that are threats (of the products
// EDR and CWS): they are counted apart.
func unifiedAlerts(severity s1.AlertSeverity) s1.Query {
	return s1.Query{}.With("status", "NEW", "IN_PROGRESS").With("severity", strings.ToUpper(string(severity))).With("detectionProduct__nin", "EDR", "CWS")
}

func (c Counter) isolated(ctx context.Context) (any, error) {
	page, err := c.Console.AgentsPage(ctx, s1.Query{}.With("networkStatuses", string(s1.NetworkDisconnected), string(s1.NetworkDisconnecting)).WithLimit(maxNamed))
	e := Endpoints{Total: max(page.Total, len(page.Items))}
	for _, a := range page.Items {
		e.Named = append(e.Named, Endpoint{string(a.ID), a.ComputerName, a.SiteName})
	}
	return e, err
}
