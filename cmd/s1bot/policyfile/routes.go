package policyfile

import (
	"fmt"
	"time"

	"s1bot/approvals/policy"
	"s1bot/notifier"
	"s1bot/notifier/routing"
)

// routes are where notifications go.
//
// Each entry becomes a route also where something is wrong with it; the file is refused as a whole
// anyway, and the routes below are still judged.
func (r *reader) routes(entries []route) (all routing.Routes) {
	for i, e := range entries {
		until, muted, err := parseMute(string(e.Mute))
		if err == nil { // else it was judged, and whether the route mutes is not known
			r.routed(fmt.Sprintf("routes/%d", i), e, muted)
		}
		all = append(all, routing.Route{
			Name: string(e.Name), Source: string(e.Source), Consoles: patterns(e.Consoles), Severities: patterns(e.Severities), Confidences: patterns(e.Confidences),
			Classifications: patterns(e.Classifications), Accounts: patterns(e.Accounts), Sites: patterns(e.Sites),
			Groups: patterns(e.Groups), Hosts: patterns(e.Hosts), Rules: patterns(e.Rules),
			Channel: string(e.Channel), Mention: string(e.Mention), Mute: muted, MuteUntil: until, Continue: e.Continue,
		})
	}
	return all
}

// patterns are matchers of a route by the glob that rules have.
func patterns[K kind](globs list[K]) (all []routing.Pattern) {
	for _, g := range globs {
		all = append(all, policy.Pattern(g))
	}
	return all
}

// routed wants a route to do exactly one thing.
func (r *reader) routed(at string, e route, muted bool) {
	switch {
	case e.Channel == "" && !muted:
		r.bad(at, "a route has a channel, or mute: true")
	case e.Channel != "" && muted:
		r.bad(at, "a route has either a channel or mute, not both")
	case muted && e.Mention != "":
		r.bad(at+"/mention", "mention: a route that mutes notifies nobody")
	case muted && e.Continue:
		r.bad(at+"/continue", "continue: a route that mutes is final; with continue it would mute nothing")
	}
}

// reports are when and where shift reports are posted.
func (r *reader) reports(e reports) notifier.Schedule {
	if len(e.At) == 0 && (e.Channel != "" || e.Zone != "") {
		r.bad("reports", "reports: say when, such as at: [\"07:00\", \"19:00\"]")
	}
	s := notifier.Schedule{Channel: string(e.Channel)}
	s.Zone, _ = time.LoadLocation(string(e.Zone)) // was judged; UTC where there is none
	for _, text := range e.At {
		at, _ := notifier.ParseTimeOfDay(string(text)) // was judged
		s.Times = append(s.Times, at)
	}
	return s
}
