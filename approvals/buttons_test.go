package approvals

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// Every button, pressed by everybody, in every state: what is listed succeeds, and everything else is refused and changes nothing.
func TestEveryButtonForEverybodyInEveryState(t *testing.T) {
	t.Parallel()
	people := map[string]policy.Person{
		"requester":          policy.Holding("UREQ", policy.Operators, policy.Approvers),
		"operator":           policy.Holding("UOP", policy.Operators),
		"approver":           policy.Holding("UAPP", policy.Approvers),
		"approver elsewhere": within("UROME", "Rome"),
		"approver here":      within("UPARIS", "Paris"),
		"member":             policy.Holding("UX"),
		"guest":              guest("UGUEST"),
		"nobody":             policy.Holding("", policy.Approvers),
	}
	buttons := map[string]func(*Request, policy.Person, time.Time) error{
		"approve":   func(r *Request, p policy.Person, now time.Time) error { return r.approve(p, now) },
		"deny":      func(r *Request, p policy.Person, now time.Time) error { return r.deny(p, "no", now) },
		"withdraw":  func(r *Request, p policy.Person, now time.Time) error { return r.withdraw(p.ID, now) },
		"run again": func(r *Request, p policy.Person, now time.Time) error { return r.reopen(p, "again", now) },
		"close":     func(r *Request, p policy.Person, now time.Time) error { return r.closeInterrupted(p, "looked", now) },
		"thaw":      func(r *Request, p policy.Person, now time.Time) error { return r.thaw(p, now) },
	}
	allowed := []string{
		"pending approve approver", "pending approve approver here",
		"pending deny approver", "pending deny approver here",
		"pending withdraw requester",
		"interrupted run again approver", "interrupted run again approver here",
		"interrupted close approver", "interrupted close approver here",
		"frozen thaw approver", "frozen thaw approver here", "frozen thaw requester", // who froze is one of the two
	}
	states := []State{Pending, Approved, Running, Done, Failed, Denied, Expired, Withdrawn, Interrupted, Frozen}
	for _, state := range append(states, "settled", "too late") {
		for button, press := range buttons {
			for who, p := range people {
				r := Request{
					Requester: "UREQ", State: state, Quorum: 2, By: []string{policy.Approvers}, Expires: noon.Add(time.Hour), Owner: "p",
					Needs: []policy.Need{{By: []string{policy.Approvers}, Quorum: 2, Places: []policy.Place{{Site: "Paris"}}}},
				}
				switch state {
				case "settled":
					r.State, r.Closed = Interrupted, &Vote{User: "UAPP"}
				case "too late":
					r.State, r.Expires = Pending, noon
				}
				before := r
				err := press(&r, p, noon)
				name := fmt.Sprint(state, " ", button, " ", who)
				require.Equal(t, slices.Contains(allowed, name), err == nil, "%s: %v", name, err)
				if err != nil {
					require.Equal(t, before, r, name)
					require.False(t, errors.Is(err, ErrConflict), name)
				}
			}
		}
	}
}
