package approvals

import (
	"context"
	"fmt"

	"s1bot/approvals/policy"
)

// Note writes down that somebody did something that is no request: it changes nothing in the
// console, but what others get to see. Where it cannot be written, it must not be done.
//
// Snoozes are the reason for it: whoever silences an alert hides something from others, which is as
// much as an attacker may want.
func (l *Ledger) Note(ctx context.Context, p policy.Person, action string, details map[string]any) error {
	e := Entry{At: l.clock(), Actor: p.ID, Action: action, Command: "notifications", Detail: detail(named(p, details))}
	if err := l.store.Append(ctx, e); err != nil {
		return fmt.Errorf("audit that something was %s: %w", action, err)
	}
	return nil
}
