package notifier

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"s1bot/s1"
)

// Facts are what routes and snoozes look at, the same for both sources.
type Facts struct {
	Source                     Source
	ID, Name                   string
	Severity, Confidence       string
	Classification             string
	Account, Site, Group, Host string
	Rule, Storyline            string
	Hashes                     []string
}

func threatFacts(t s1.Threat) Facts {
	return Facts{
		Source: Threats, ID: string(t.Identity()), Name: t.Name(), Confidence: t.Info.ConfidenceLevel.Label(), Classification: t.Info.Classification,
		Account: t.AccountName(), Site: t.SiteName(), Group: t.GroupName(), Host: t.Host(), Rule: t.Name(), Storyline: t.Info.Storyline,
		Hashes: []string{t.Info.SHA1, t.Info.SHA256, t.Info.MD5},
	}
}

func alertFacts(a s1.Alert) Facts {
	return Facts{
		Source: Alerts, ID: string(a.Identity()), Name: a.Name(), Severity: a.Rule.Severity.Label(), Classification: a.Rule.TreatAsThreat,
		Account: a.Detection.AccountName, Site: a.Detection.SiteName, Group: a.Detection.GroupName,
		Host: a.Host(), Rule: a.Rule.Name, Storyline: a.Storyline(), Hashes: []string{a.Source.FileHashSHA1, a.Source.FileHashSHA256, a.Source.FileHashMD5},
	}
}

// A Pattern fits names. It is the program's one glob, which this package does not own: see approvals.Pattern.
type Pattern interface{ Match(name string) bool }

// A Route says where some notices go. All matchers that are set must hold; each is a list of which one must. What the console does
// not say fits no pattern.
type Route struct {
	Name            string // for `routes test`; may be empty
	Source          string // "threat", "alert"; empty for both
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
	Mute      bool      // they are not told
	MuteUntil time.Time // until then; zero: for good
	Continue  bool      // the routes below are looked at as well
}

// Routes are looked at in their order; the first that matches ends the walk, unless it says Continue. Where the walk comes to its
// end, the source's own channel is told.
type Routes []Route

// A Delivery is one channel that an item goes to.
type Delivery struct {
	Channel, Mention string
}

// walk returns where an item goes, each channel once; nowhere if it is muted.
func (rs Routes) walk(f Facts, fallback string, now time.Time) (to []Delivery) {
	deliver := func(channel, mention string) {
		at := slices.IndexFunc(to, func(d Delivery) bool { return d.Channel == channel })
		switch {
		case channel == "":
		case at < 0:
			to = append(to, Delivery{channel, mention})
		default:
			to[at].Mention = cmp.Or(to[at].Mention, mention)
		}
	}
	for _, r := range rs {
		if ok, _ := r.matches(f, now); !ok {
			continue
		}
		if !r.Mute {
			deliver(cmp.Or(r.Channel, fallback), r.Mention)
		}
		if !r.Continue {
			return to
		}
	}
	deliver(fallback, "")
	return to
}

// matches tells whether a route holds for an item, and if not, why.
func (r Route) matches(f Facts, now time.Time) (ok bool, why string) {
	if r.Source != "" && !strings.EqualFold(r.Source, string(f.Source)) {
		return false, "source is " + string(f.Source)
	}
	if r.Mute && !r.MuteUntil.IsZero() && !now.Before(r.MuteUntil) {
		return false, "muted until " + r.MuteUntil.UTC().Format("2006-01-02 15:04 UTC") + ", which is over"
	}
	for _, m := range []struct {
		what     string
		patterns []Pattern
		value    string
	}{
		{"severity", r.Severities, f.Severity}, {"confidence", r.Confidences, f.Confidence},
		{"classification", r.Classifications, f.Classification}, {"account", r.Accounts, f.Account}, {"site", r.Sites, f.Site},
		{"group", r.Groups, f.Group}, {"host", r.Hosts, f.Host}, {"rule", r.Rules, f.Rule},
	} {
		if len(m.patterns) > 0 && !slices.ContainsFunc(m.patterns, func(p Pattern) bool { return p.Match(m.value) }) {
			return false, m.what + " is " + cmp.Or(m.value, "not known")
		}
	}
	return true, ""
}

// channels are all that items of a source may be sent to.
func (rs Routes) channels(source Source) (channels []string) {
	for _, r := range rs {
		if r.Channel != "" && !r.Mute && (r.Source == "" || strings.EqualFold(r.Source, string(source))) && !slices.Contains(channels, r.Channel) {
			channels = append(channels, r.Channel)
		}
	}
	return channels
}
