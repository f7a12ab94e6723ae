package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/endpoints"
)

// What else isolates an endpoint that is isolated for a time. The console shows one status for all isolations of an endpoint, and of one
// that is offline the old one; the ledger knows who isolated what, and until when.

// A sequel is what other requests did to an endpoint that was isolated for a time.
type sequel struct {
	isolation string   // the later request that isolated it anew, and is what ends that
	others    []string // requests because of which it may be isolated, too: then nobody reconnects it alone
	unclear   bool     // it was connected since, so nobody can say because of what it is isolated
}

// contested reports whether the end of the isolation must not lift it without a person who says so.
func (s sequel) contested() bool { return s.unclear || len(s.others) > 0 }

// memory is how far back the ledger is asked for isolations that may still stand. An endpoint that was offline for so long is
// decommissioned.
const memory = 90 * 24 * time.Hour

// sequels are those of an isolation, by endpoint.
func (b *Bot) sequels(ctx context.Context, req approvals.Request) (map[string]sequel, error) {
	made := []approvals.State{approvals.Approved, approvals.Running, approvals.Done, approvals.Failed, approvals.Interrupted}
	all, err := b.Ledger.Find(ctx, approvals.Query{States: made, Since: req.Started.Add(-memory)})
	if err != nil {
		return nil, fmt.Errorf("look for other isolations: %w", err)
	}
	slices.SortStableFunc(all, func(a, b approvals.Request) int { return ranAt(a).Compare(ranAt(b)) })
	undo := endpoints.Reconnect(nil).Command
	sequels := map[string]sequel{}
	for _, other := range all {
		_, action := b.effectFor(other)
		quarantines := action == "networkquarantine"
		switch {
		case other.ID == req.ID:
		case other.Command == undo && other.State == approvals.Done:
			reconnected(sequels, other, req)
		case quarantines && other.State != approvals.Failed:
			quarantined(sequels, other, req)
		case other.Command == req.Command:
			if err := b.isolated(ctx, sequels, other, req); err != nil {
				return nil, err
			}
		}
	}
	return sequels, nil
}

// ranAt is when a request ran; what has not run yet comes last.
func ranAt(req approvals.Request) time.Time {
	if req.State == approvals.Approved || req.Started.IsZero() {
		return req.Agreed.Add(memory)
	}
	return req.Started
}

// reconnected notes that other ended all isolations before it.
func reconnected(sequels map[string]sequel, other, req approvals.Request) {
	for _, t := range planOf(other).Targets {
		sequels[t.ID] = sequel{unclear: other.Started.After(req.Started)}
	}
}

// quarantined notes that other isolated the endpoints that threats are on. One on an endpoint that nobody knows may be on any.
func quarantined(sequels map[string]sequel, other, req approvals.Request) {
	for _, threat := range planOf(other).Targets {
		for _, t := range planOf(req).Targets {
			here := threat.Agent == t.ID || threat.Homeless() && (threat.Host == "" || strings.EqualFold(threat.Host, t.Name))
			if here {
				s := sequels[t.ID]
				s.others = append(s.others, other.Ref)
				sequels[t.ID] = s
			}
		}
	}
}

// isolated notes that other isolated endpoints, or may have. One that ran later and stands is what ends their isolation.
func (b *Bot) isolated(ctx context.Context, sequels map[string]sequel, other, req approvals.Request) error {
	later := other.State == approvals.Approved || other.Started.After(req.Started)
	stands, err := b.stands(ctx, other, req)
	if err != nil {
		return err
	}
	for _, t := range planOf(other).Targets {
		s := sequels[t.ID]
		switch {
		case slices.Contains(effectOf(other).Gone, t.ID): // it was left out
		case later && other.State == approvals.Done && other.Term.Running(), later && other.State == approvals.Done && other.Term == nil:
			s = sequel{isolation: other.Ref}
		case later || stands:
			s.others = append(s.others, other.Ref)
		}
		sequels[t.ID] = s
	}
	return nil
}

// stands reports whether the isolation of other, which ran before req or about when, goes on when req's time is over, or may.
func (b *Bot) stands(ctx context.Context, other, req approvals.Request) (bool, error) {
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
		next, err := b.Ledger.Get(ctx, t.Next)
		if errors.Is(err, approvals.ErrNotFound) {
			return true, nil
		}
		return next.State != approvals.Done, err
	}
}

// errOther is why the bot does not end an isolation alone, though the policy allowed that beforehand.
var errOther = &policy.RefusedError{Why: "Nothing was done: another isolation of the endpoint stands, or may. Somebody has to ask for the reconnection, and somebody else to approve it."}

// alone refuses to end an isolation without a person who says so, as req does, where another one stands.
func (b *Bot) alone(ctx context.Context, req, was approvals.Request) error {
	if req.Quorum > 0 {
		return nil // somebody approved it
	}
	sequels, err := b.sequels(ctx, was)
	if err != nil {
		return err
	}
	for _, t := range planOf(req).Targets {
		if s := sequels[t.ID]; s.isolation != "" || s.contested() {
			return errOther
		}
	}
	return nil
}
