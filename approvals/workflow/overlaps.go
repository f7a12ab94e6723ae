package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
)

// What else isolates an endpoint that is isolated for a time. The console shows one status for all
// isolations of an endpoint, and of one that is offline the old one; the ledger knows who isolated
// what, and until when.

// A sequel is what other requests did to an endpoint that was isolated for a time.
//
// "Isolated" on the console may be the doing of several requests, and the end of one must not lift
// another's. So the bot ends an isolation without a person only where nothing else can be the
// reason for it; where that is not certain, a person decides and reads which requests it may be.
type sequel struct {
	isolation string   // the later request that isolated it anew, and is what ends that
	others    []string // requests because of which it may be isolated, too: then nobody reconnects it alone
	unclear   bool     // it was connected since, so nobody can say because of what it is isolated
}

// contested reports whether the end of the isolation must not lift it without a person who says so.
func (s sequel) contested() bool { return s.unclear || len(s.others) > 0 }

// memory is how far back the ledger is asked for isolations that may still stand. An endpoint that
// was offline for so long is decommissioned.
const memory = 90 * 24 * time.Hour

// sequels are those of an isolation, by endpoint.
//
// They are replayed in the order in which they ran, like a log: a reconnection forgets everything
// before it, an isolation adds itself. Three kinds of requests matter: the reconnection (the
// command's Undo), the mitigation that quarantines a threat's endpoint from the network, and the
// isolation itself. What failed did nothing.
func (o *overlaps) sequels(ctx context.Context, req approvals.Request) (map[string]sequel, error) {
	undo, _ := o.undo(req, nil)
	made := []approvals.State{approvals.Approved, approvals.Running, approvals.Done, approvals.Failed, approvals.Interrupted}
	all, err := o.Ledger.Find(ctx, approvals.Query{States: made, Commands: o.isolating(req.Command, undo.Command), Since: req.Started.Add(-memory)})
	if err != nil {
		return nil, fmt.Errorf("look for other isolations: %w", err)
	}
	slices.SortStableFunc(all, func(a, b approvals.Request) int { return ranAt(a).Compare(ranAt(b)) })
	sequels := map[string]sequel{}
	for _, other := range all {
		_, action := o.effectFor(other)
		quarantines := action == networkQuarantine
		switch {
		case other.ID == req.ID || !o.onSame(other, req):
		case other.Command == undo.Command && other.State == approvals.Done:
			reconnected(sequels, other, req)
		case quarantines && other.State != approvals.Failed:
			quarantined(sequels, other, req)
		case other.Command == req.Command:
			if err := o.isolated(ctx, sequels, other, req); err != nil {
				return nil, err
			}
		}
	}
	return sequels, nil
}

// networkQuarantine is the mitigation of a threat that isolates its endpoint, as Effect.ActionOf has it.
const networkQuarantine = "networkquarantine"

// isolating are the commands that isolate endpoints or end that: an isolation, the way back, and
// those that may quarantine a threat's endpoint. Three months of everything else would be read for
// each isolation.
func (o *overlaps) isolating(names ...string) []string {
	for _, cmd := range o.Catalog.Commands() {
		if e := cmd.Effect; e != nil && e.Threat != nil && slices.Contains([]string{"", networkQuarantine}, e.Action) { // "": its arguments say which
			names = append(names, cmd.Name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// ranAt is when a request ran; what has not run yet comes last.
//
// "Last" is made by adding more than any look goes back.
func ranAt(req approvals.Request) time.Time {
	if req.State == approvals.Approved || req.Started.IsZero() {
		return req.Agreed.Add(memory)
	}
	return req.Started
}

// reconnected notes that other ended all isolations before it.
func reconnected(sequels map[string]sequel, other, req approvals.Request) {
	for _, t := range plans.Of(other).Targets {
		sequels[t.ID] = sequel{unclear: other.Started.After(req.Started)}
	}
}

// quarantined notes that other isolated the endpoints that threats are on. One on an endpoint that
// nobody knows may be on any.
func quarantined(sequels map[string]sequel, other, req approvals.Request) {
	for _, threat := range plans.Of(other).Targets {
		for _, t := range plans.Of(req).Targets {
			here := threat.Agent == t.ID || threat.Homeless() && (threat.Host == "" || strings.EqualFold(threat.Host, t.Name))
			if here {
				s := sequels[t.ID]
				s.others = append(s.others, other.Ref)
				sequels[t.ID] = s
			}
		}
	}
}

// isolated notes that other isolated endpoints, or may have. One that ran later and stands is what
// ends their isolation.
//
// A later isolation that certainly ran replaces all that came before: its own end, or somebody,
// ends it. One that may have run is only one more reason to ask.
func (o *overlaps) isolated(ctx context.Context, sequels map[string]sequel, other, req approvals.Request) error {
	later := other.State == approvals.Approved || other.Started.After(req.Started)
	stands, err := o.stands(ctx, other, req)
	if err != nil {
		return err
	}
	for _, t := range plans.Of(other).Targets {
		s := sequels[t.ID]
		switch {
		case slices.Contains(effect.Of(other).Gone, t.ID): // it was left out
		case later && other.State == approvals.Done && other.Term.Running(), later && other.State == approvals.Done && other.Term == nil:
			s = sequel{isolation: other.Ref}
		case later || stands:
			s.others = append(s.others, other.Ref)
		}
		sequels[t.ID] = s
	}
	return nil
}

// stands reports whether the isolation of other, which ran before req or about when, goes on when
// req's time is over, or may.
//
// Whatever cannot be made out counts as standing; the price is a question to a person.
func (o *overlaps) stands(ctx context.Context, other, req approvals.Request) (bool, error) {
	switch t := other.Term; {
	case other.State == approvals.Failed:
		return false, nil
	case other.State != approvals.Done || t == nil:
		return true, nil
	case t.Over.IsZero():
		return t.Ends.After(req.Term.Ends), nil
	case t.Next == "":
		return false, nil
	default: // somebody was asked to end it; where they did, that reconnection says so
		next, err := o.Ledger.Get(ctx, t.Next)
		if errors.Is(err, approvals.ErrNotFound) {
			return true, nil
		}
		return next.State != approvals.Done, err
	}
}

// errOther is why the bot does not end an isolation alone, though the policy allowed that beforehand.
var errOther = &policy.RefusedError{Why: "Nothing was done: another isolation of this endpoint is, or may still be, in force. To reconnect the endpoint, somebody has to request it and somebody else has to approve it."}

// alone refuses to end an isolation without a person who says so, as req does, where another one
// stands.
func (o *overlaps) alone(ctx context.Context, req, was approvals.Request) error {
	if req.Quorum > 0 {
		return nil // somebody approved it
	}
	sequels, err := o.sequels(ctx, was)
	if err != nil {
		return err
	}
	for _, t := range plans.Of(req).Targets {
		if s := sequels[t.ID]; s.isolation != "" || s.contested() {
			return errOther
		}
	}
	return nil
}

// termOf is for how long something is asked for. It ends without an approval of its own only where
// the policy says so now, and only if nothing of it was isolated before, as far as console and
// ledger know (see beforehand, too): the end of one isolation must not lift another one.
//
// Ends is set while the sequels are looked for, because stands compares with it, and taken away
// again: the clock starts when it runs.
func (o *overlaps) termOf(ctx context.Context, cmd *catalog.Command, in Interaction, plan catalog.Plan) *approvals.Term {
	if !cmd.Timed || in.Extras.For == 0 {
		return nil
	}
	term := &approvals.Term{For: in.Extras.For, Ends: o.Now().Add(in.Extras.For)}
	body, err := json.Marshal(plan)
	sequels, failed := o.sequels(ctx, approvals.Request{Command: cmd.Name, Console: in.Do.Console, Plan: body, Started: o.Now(), Term: term})
	before := func(t catalog.Target) bool {
		return slices.Contains(t.Warnings, catalog.AlreadyIsolated) || sequels[t.ID].contested() || sequels[t.ID].isolation != ""
	}
	term.Auto, term.Ends = o.Policy().OnTime() && errors.Join(err, failed) == nil && !slices.ContainsFunc(plan.Targets, before), time.Time{}
	return term
}

// errLonger is why an isolation that was extended at the last moment goes on.
var errLonger = &policy.RefusedError{Why: "Nothing was done: the isolation was extended or restarted in the meantime, so it ends later."}

// stillEnds refuses to end an isolation, as req does, that was extended since its end was taken up.
func (o *overlaps) stillEnds(ctx context.Context, req approvals.Request) error {
	if req.After == "" {
		return nil
	}
	was, err := o.Ledger.Get(ctx, req.After)
	if err != nil {
		return err
	}
	if was.Term.Running() && endKey(was) != req.Key {
		return errLonger
	}
	return o.alone(ctx, req, was)
}

// overlaps knows which other requests isolate an endpoint.
type overlaps struct{ *Config }
