package policyinput

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
)

// Console is where places and endpoints are looked up; see s1.Client.
//
// Each list comes page by page and may end with an error in the middle; what came before it is not
// the list.
type Console interface {
	AgentsByID(ctx context.Context, ids []s1.AgentID) ([]s1.Agent, error)
	Agents(ctx context.Context, q s1.Query) iter.Seq2[s1.Agent, error]
	Sites(ctx context.Context, q s1.Query) iter.Seq2[s1.Site, error]
	Groups(ctx context.Context, q s1.Query) iter.Seq2[s1.Group, error]
}

// A Source knows what the policy must be told of what a plan touches.
//
// Policy is called for each question: one that was read anew counts from then on.
type Source struct {
	Consoles *consoles.Set
	Policy   func() policy.Policy // as it is now
}

// WithTargets adds to input what the plan touches, as far as it is known.
//
// Reach begins with the plan's targets in their order, one each, which Gate.markProtected relies
// on; what else is touched, and what lies in places, follows. Nothing here returns an error:
// whatever cannot be read becomes a target of which something is unknown, and it is for the policy
// to say whether that matters.
func (s Source) WithTargets(ctx context.Context, input policy.Input, plan catalog.Plan) policy.Input {
	input.Early, input.Targets, input.Reach = false, len(plan.Targets), nil
	input.Endpoints, input.Guarded = plan.ActsOn(), input.Guarded || plan.Policy
	touched := slices.Concat(plan.Targets, plan.Also)
	on, err := s.Consoles.Carried(input.Console)
	if err != nil {
		input.Reach = []policy.Target{nowhere(render.Sentence(err.Error()))}
		return input
	}
	host, unread := s.hosts(ctx, on.Client, plan.Targets)
	places := s.chart(ctx, on.Client, input, touched)
	for _, t := range touched {
		if isPlace(t) {
			input.Reach = append(input.Reach, places.base(ctx, t))
			continue
		}
		input.Reach = append(input.Reach, reached(t, host(t)))
	}
	for _, t := range touched {
		input.Reach = append(input.Reach, places.within(ctx, t)...)
	}
	if unread != "" { // its own row may be older than what is true of its host: it is enough for a no, and not for a yes
		input.Reach = append(input.Reach, nowhere(unread))
	}
	return input
}

// nowhere is something on a host of which nothing can be told.
func nowhere(why string) policy.Target {
	open := policy.Unknown[string](why)
	return policy.Target{Account: open, Site: open, Group: open, Host: open, Tags: policy.Unknown[[]string](why)}
}

// reached is what the policy looks at of a thing and, where it is a threat or an alert, of the host
// that it is on. What neither row says is not known.
//
// Everything else (an exclusion, a blacklist entry, an indicator) is where its row says and on no
// host.
func reached(t catalog.Target, host policy.Fact[s1.Agent]) policy.Target {
	switch t.Kind {
	case "agent":
		return endpoint(t)
	case "threat", "alert":
		return onHost(t, host)
	}
	at := policy.Nothing() // of a host
	at.Account, at.Site, at.Group = policy.Known(t.Account), policy.Known(t.Site), policy.Known(t.Group)
	at.Host, at.Tags = policy.Known(t.Host), policy.Known(t.Tags)
	return at
}

// endpoint is an endpoint as the policy sees it. Each has a name and lies in a group of a site: a
// row that does not say so leaves it open. One that is known by its id alone has no row.
//
// An id in the place of the name says so; a rule for "SRV-DC-*" can't be answered by a number of
// eighteen digits.
func endpoint(t catalog.Target) policy.Target {
	at := policy.Target{
		Account: stated(t.Account, t, "account"), Site: stated(t.Site, t, "site"), Group: stated(t.Group, t, "group"), Host: policy.Known(t.Name),
		Tags: policy.Known(t.Tags),
	}
	if t.Name == "" || t.Name == t.ID {
		at.Host, at.Tags = stated("", t, "name"), policy.Unknown[[]string]("I can't tell which tags "+t.ID+" has")
	}
	return at
}

// onHost is a threat or an alert as the policy sees it: where its host is and what that is, now.
//
// The host's row wins over the threat's, which keeps the names of the day it was found. Tags are
// the host's with those of the threat's row: one that was taken away a moment ago protects once
// more, which is the better mistake.
func onHost(t catalog.Target, host policy.Fact[s1.Agent]) policy.Target {
	at := policy.Target{
		Account: stated(t.Account, t, "account"), Site: stated(t.Site, t, "site"), Group: stated(t.Group, t, "group"), Host: stated(t.Host, t, "host"),
		Tags: policy.Unknown[[]string](host.Open()),
	}
	if a, known := host.Value(); known {
		now := func(is string, was policy.Fact[string]) policy.Fact[string] {
			if is == "" {
				return was
			}
			return policy.Known(is)
		}
		at.Account, at.Site, at.Group, at.Host = now(a.AccountName, at.Account), now(a.SiteName, at.Site), now(a.GroupName, at.Group), now(a.ComputerName, at.Host)
		at.Tags = policy.Known(append(a.TagNames(), t.Tags...))
	}
	return at
}

// stated is what a row says, where it says anything.
//
// An empty field of the console's is no name, and not the knowledge that there is none.
func stated(value string, t catalog.Target, what string) policy.Fact[string] {
	if value != "" {
		return policy.Known(value)
	}
	return policy.Unknown[string](fmt.Sprintf("I can't tell the %s of %s: the console doesn't say", what, cmp.Or(t.Name, t.ID)))
}

// hosts are the endpoints that threats and alerts are on. The console says of a threat which site
// it is in, of an alert not even that, of neither which tags its host has; a policy that asks for
// these needs to know. Where the console does not answer, unread says of which.
//
// One question for all of them, and none where the policy does not ask about targets at all.
func (s Source) hosts(ctx context.Context, console Console, targets []catalog.Target) (host func(catalog.Target) policy.Fact[s1.Agent], unread string) {
	var ids []s1.AgentID
	for _, t := range targets {
		if t.Agent != "" && !slices.Contains(ids, s1.AgentID(t.Agent)) {
			ids = append(ids, s1.AgentID(t.Agent))
		}
	}
	var agents []s1.Agent
	var err error
	if len(ids) > 0 && s.Policy().ByTarget() {
		agents, err = console.AgentsByID(ctx, ids)
	}
	host = func(t catalog.Target) policy.Fact[s1.Agent] {
		i := slices.IndexFunc(agents, func(a s1.Agent) bool { return string(a.ID) == t.Agent })
		switch {
		case t.Agent == "":
			return policy.Unknown[s1.Agent]("I can't tell which endpoint " + t.Name + " is on: the console doesn't say")
		case err != nil:
			return policy.Unknown[s1.Agent]("I can't read the endpoint of " + t.Name + " (" + ConsoleReason(err) + ")")
		case i < 0:
			return policy.Unknown[s1.Agent]("I can't find the endpoint of " + t.Name + " in the console")
		}
		return policy.Known(agents[i])
	}
	if err != nil {
		first := slices.IndexFunc(targets, func(t catalog.Target) bool { return t.Agent != "" })
		unread = host(targets[first]).Open()
	}
	return host, unread
}

// ConsoleReason is an error of the console's in a few words.
//
// Status and its standard text, nothing of the body: the words of a console stand in cards, and its
// error pages are HTML.
func ConsoleReason(err error) string {
	var console *s1.Error
	switch {
	case errors.As(err, &console) && console.Status == http.StatusOK:
		return "the console sent an answer I can't read"
	case errors.As(err, &console) && console.Status > 0:
		return fmt.Sprintf("the console answered %d %s", console.Status, http.StatusText(console.Status))
	default:
		return "the console didn't respond"
	}
}
