// Package routing decides which channels get an item: routes go by facts of it, and snoozes hold it
// back. It is pure functions; the caller brings the facts, the routes and the time.
//
// Routes are walked in order. Each matches, does not match, or depends on something about the
// endpoint that is not known:
//
//	yes      its channel gets the item, and the walk ends, unless the route says Continue
//	no       the next one
//	unknown  its channel may be meant; remembered, and the walk goes on
//
// The rule one must not break: what is unknown is never taken for a no. An item that may have been
// meant for one channel alone goes there, and one that may belong to several goes to the operators,
// so that nothing is lost because a look-up failed.
package routing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"s1bot/notifier/journal"
)

// Facts are what routes and snoozes look at, the same for both sources.
//
// Empty means that the console does not say. Of the endpoint's facts that is "unknown", since
// another look-up may tell; of all others it is a value that no pattern fits.
type Facts struct {
	Source                     journal.Source
	Console                    string // by name
	Mark                       string // of the console in the journal, see journal.Source.Of
	ID, Name                   string
	Severity, Confidence       string
	Classification             string
	Account, Site, Group, Host string
	Rule, Storyline            string
	Hashes                     []string
}

// A Pattern fits names. It is the program's one glob, which this package does not own: see
// policy.Pattern.
type Pattern interface{ Match(name string) bool }

// A Route says where some notices go. All matchers that are set must hold; each is a list of which
// one must. What the console does not say fits no pattern.
type Route struct {
	Name            string // for `routes test`; may be empty
	Source          string // "threat", "alert"; empty for both
	Consoles        []Pattern
	Severities      []Pattern
	Confidences     []Pattern
	Classifications []Pattern
	Accounts        []Pattern
	Sites           []Pattern
	Groups          []Pattern
	Hosts           []Pattern
	Rules           []Pattern

	Channel   string    // where they go; empty with Mute
	Mention   string    // a user group, by id or @handle
	Mute      bool      // they are not delivered
	MuteUntil time.Time // until then; zero: for good
	Continue  bool      // the routes below are looked at as well
}

// Routes are looked at in their order; the first that matches ends the walk, unless it says
// Continue. Where the walk comes to its end, the source's own channel gets it.
type Routes []Route

// A Target is one channel that an item goes to.
type Target struct {
	Channel, Mention string
}

// A Result is where the walk through the routes leads an item.
type Result struct {
	Certain  []Target
	Possible []Target // of routes that would match if what is not known of the endpoint were known
	Open     bool     // there are such routes, muting ones included
}

// Decided reports whether the result would be the same if all were known of the endpoint.
func (w Result) Decided() bool { return !w.Open }

// Targets are the channels that get it, each once; none if the item is muted. What may have been
// meant for a channel, and for no other for sure, is delivered: there if no other comes into
// question, else to the operators.
func (w Result) Targets(operators string) []Target {
	one := func(d Target) bool { return d.Channel == w.Possible[0].Channel }
	switch {
	case len(w.Certain) > 0 || len(w.Possible) == 0:
		return w.Certain
	case operators != "" && !allOf(w.Possible, one):
		return []Target{{Channel: operators}}
	}
	return w.Possible[:1]
}

func allOf[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !holds(v) })
}

// Walk finds out where an item goes.
//
// A channel that several routes name gets one message, with the first mention that any of them has.
func (rs Routes) Walk(f Facts, fallback string, now time.Time) (w Result) {
	deliver := func(channel, mention string) {
		at := slices.IndexFunc(w.Certain, func(d Target) bool { return d.Channel == channel })
		switch {
		case channel == "":
		case at < 0:
			w.Certain = append(w.Certain, Target{channel, mention})
		default:
			w.Certain[at].Mention = cmp.Or(w.Certain[at].Mention, mention)
		}
	}
	for _, r := range rs {
		switch fits, _ := r.Matches(f, now); {
		case fits == Unknown:
			w.Open = true
			if channel := cmp.Or(r.Channel, fallback); !r.Mute && channel != "" {
				w.Possible = append(w.Possible, Target{channel, r.Mention})
			}
			continue
		case fits == No:
			continue
		}
		if !r.Mute {
			deliver(cmp.Or(r.Channel, fallback), r.Mention)
		}
		if !r.Continue {
			return w
		}
	}
	deliver(fallback, "")
	return w
}

// A match is whether a route holds for an item.
type match int

const (
	No match = iota
	Yes
	Unknown // it depends on something about the endpoint that is not known
)

// Matches reports whether a route holds for an item, and if not for sure, why.
func (r Route) Matches(f Facts, now time.Time) (fits match, why string) {
	if r.Source != "" && !strings.EqualFold(r.Source, string(f.Source)) {
		return No, "it is a " + string(f.Source)
	}
	if r.Mute && !r.MuteUntil.IsZero() && !now.Before(r.MuteUntil) {
		return No, "its mute ended on " + r.MuteUntil.UTC().Format("2006-01-02 15:04 UTC")
	}
	fits = Yes
	for _, m := range r.conditions(f) {
		switch {
		case len(m.patterns) == 0 || slices.ContainsFunc(m.patterns, func(p Pattern) bool { return p.Match(m.value) }):
		case m.value == "" && m.endpoint:
			fits, why = Unknown, "its "+m.what+" is unknown"
		default:
			return No, "its " + m.what + " is " + cmp.Or(m.value, "unknown")
		}
	}
	return fits, why
}

// A condition is one condition of a route and the fact that it looks at.
type condition struct {
	what     string
	patterns []Pattern
	value    string
	endpoint bool // the fact is the endpoint's, and may have to be looked up
}

func (r Route) conditions(f Facts) []condition {
	return []condition{
		{"console", r.Consoles, f.Console, false}, {"severity", r.Severities, f.Severity, false}, {"confidence", r.Confidences, f.Confidence, false},
		{"classification", r.Classifications, f.Classification, false}, {"rule", r.Rules, f.Rule, false},
		{"account", r.Accounts, f.Account, true}, {"site", r.Sites, f.Site, true}, {"group", r.Groups, f.Group, true}, {"host", r.Hosts, f.Host, true},
	}
}

// Channels are all that items of a source of a console may be sent to by routes.
func (rs Routes) Channels(source journal.Source, console string) (channels []string) {
	for _, r := range rs {
		if r.Channel != "" && !r.Mute && (r.Source == "" || strings.EqualFold(r.Source, string(source))) && fitting(r.Consoles, console) && !slices.Contains(channels, r.Channel) {
			channels = append(channels, r.Channel)
		}
	}
	return channels
}

// fitting reports whether a name fits one of the patterns; where there are none any does.
func fitting(patterns []Pattern, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Match(name) })
}
