package slacksim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/bot/slacksim/methods"
	"s1bot/bot/slacksim/state"
)

// waits are for tests: each returns once something is there.
//
// None polls: the state closes a channel with each change. The error of a wait in vain says what
// was there instead, and the violations, which mostly tell why.
type waits struct {
	st   *state.State
	link *sender
}

// wait returns once find is satisfied; it looks again whenever something changed. find and there
// run under the lock. So predicates are quick, and must not call the workspace.
func (ws *waits) wait(ctx context.Context, what string, find func() bool, there func() string) error {
	for {
		ws.st.Mu.Lock()
		found, changed := find(), ws.st.Changed
		ws.st.Mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-ws.st.Quit:
			return fmt.Errorf("%s: %w", what, errors.New("the workspace was closed"))
		case <-ctx.Done():
			ws.st.Mu.Lock()
			defer ws.st.Mu.Unlock()
			return fmt.Errorf("%s: %w; there was %s%s", what, ctx.Err(), there(), ws.troubles())
		}
	}
}

// troubles are the violations, which often tell why a wait was in vain.
func (ws *waits) troubles() string {
	if len(ws.st.Record.Violations) == 0 {
		return ""
	}
	return "\nviolations:\n  " + strings.Join(ws.st.Record.Violations, "\n  ")
}

// WaitMessage returns the newest message of a channel that satisfies the predicate, as soon as there is one. Replies in
// threads count, ephemeral messages do not.
func (ws *waits) WaitMessage(ctx context.Context, channel string, is func(state.Message) bool) (state.Message, error) {
	var found state.Message
	everybody := func(m *state.Message) bool { return m.EphemeralTo == "" }
	err := ws.wait(ctx, "wait for a message in "+channel, func() bool {
		return ws.newest(&found, ws.messagesIn(channel), everybody, is)
	}, func() string { return describeLast(ws.messagesIn(channel), everybody) })
	return found, err
}

// WaitEphemeral returns the newest message that only this user sees and that satisfies the predicate, in any channel.
func (ws *waits) WaitEphemeral(ctx context.Context, user string, is func(state.Message) bool) (state.Message, error) {
	var found state.Message
	theirs := func(m *state.Message) bool {
		u, ok := ws.st.Users.Find(user)
		return ok && m.EphemeralTo == u.ID
	}
	err := ws.wait(ctx, "wait for an ephemeral message to "+user, func() bool {
		return ws.newest(&found, ws.allMessages(), theirs, is)
	}, func() string { return describeLast(ws.allMessages(), theirs) })
	return found, err
}

// WaitUpdate returns the message once it satisfies the predicate; it may do so already.
func (ws *waits) WaitUpdate(ctx context.Context, channel, ts string, is func(state.Message) bool) (state.Message, error) {
	var found state.Message
	same := func(m *state.Message) bool { return m.TS == ts }
	err := ws.wait(ctx, "wait for the message "+ts+" in "+channel+" to change", func() bool {
		return ws.newest(&found, ws.messagesIn(channel), same, is)
	}, func() string { return describeLast(ws.messagesIn(channel), same) })
	return found, err
}

// WaitView returns the user's topmost view once it satisfies the predicate; nil takes any.
func (ws *waits) WaitView(ctx context.Context, user string, is func(state.View) bool) (state.View, error) {
	var found state.View
	top := func() *state.View {
		u, _ := ws.st.Users.Find(user)
		if u == nil || len(ws.st.Stacks[u.ID]) == 0 {
			return nil
		}
		return ws.st.Stacks[u.ID][len(ws.st.Stacks[u.ID])-1]
	}
	err := ws.wait(ctx, "wait for a view of "+user, func() bool {
		v := top()
		if v == nil || is != nil && !is(*v) {
			return false
		}
		found = *v
		return true
	}, func() string {
		if v := top(); v != nil {
			return fmt.Sprintf("%q", v.PlainText())
		}
		return "no open view"
	})
	return found, err
}

// WaitHome returns the Home tab that the app published for a user once it satisfies the predicate; nil takes any.
func (ws *waits) WaitHome(ctx context.Context, user string, is func(state.View) bool) (state.View, error) {
	var found state.View
	tab := func() *state.View {
		u, _ := ws.st.Users.Find(user)
		if u == nil {
			return nil
		}
		return ws.st.Homes[u.ID]
	}
	err := ws.wait(ctx, "wait for the Home tab of "+user, func() bool {
		v := tab()
		if v == nil || is != nil && !is(*v) {
			return false
		}
		found = *v
		return true
	}, func() string {
		if v := tab(); v != nil {
			return fmt.Sprintf("%q", v.PlainText())
		}
		return "nothing is published"
	})
	return found, err
}

// WaitCall returns the newest call of a method that satisfies the predicate; nil takes any.
func (ws *waits) WaitCall(ctx context.Context, method string, is func(state.Call) bool) (state.Call, error) {
	var found state.Call
	err := ws.wait(ctx, "wait for a call of "+method, func() bool {
		for _, c := range slices.Backward(ws.st.Record.Calls) {
			if c.Method == method && (is == nil || is(c)) {
				found = c
				return true
			}
		}
		return false
	}, func() string { return fmt.Sprintf("%d calls in all", len(ws.st.Record.Calls)) })
	return found, err
}

// WaitViolation returns the newest violation that has these words, as soon as there is one.
func (ws *waits) WaitViolation(ctx context.Context, words string) (string, error) {
	found := ""
	err := ws.wait(ctx, fmt.Sprintf("wait for the violation %q", words), func() bool {
		for _, v := range slices.Backward(ws.st.Record.Violations) {
			if strings.Contains(v, words) {
				found = v
				return true
			}
		}
		return false
	}, func() string { return "no such violation" })
	return found, err
}

// WaitSockets returns once at least so many Socket Mode connections are open.
func (ws *waits) WaitSockets(ctx context.Context, atLeast int) error {
	return ws.wait(ctx, fmt.Sprintf("wait for %d sockets", atLeast), func() bool { return len(ws.link.openSockets()) >= atLeast },
		func() string { return fmt.Sprintf("%d of them", len(ws.link.openSockets())) })
}

// Settle returns once no envelope waits for its ack any more.
//
// It is the way to say that nothing more will come of what people did, as far as Slack is
// concerned: the app may still be at work.
func (ws *waits) Settle(ctx context.Context) error {
	return ws.wait(ctx, "wait for acks", func() bool { return ws.link.waiting == 0 },
		func() string { return fmt.Sprintf("%d envelopes without one", ws.link.waiting) })
}

// newest finds the last message that fits.
func (ws *waits) newest(found *state.Message, messages []*state.Message, relevant func(*state.Message) bool, is func(state.Message) bool) bool {
	for _, m := range slices.Backward(messages) {
		if !m.Deleted && relevant(m) && (is == nil || is(*m)) {
			*found = *m
			return true
		}
	}
	return false
}

// messagesIn are those of a channel, or of the bot's direct message with a person.
func (ws *waits) messagesIn(name string) []*state.Message {
	c, ok := ws.st.Channels.Find(name)
	if u, isUser := ws.st.Users.Find(name); !ok && isUser {
		c, ok = ws.st.DmOf(u, ws.st.Bot()), true
	}
	if !ok {
		return nil
	}
	return c.Messages
}

// allMessages are those of all conversations, by time.
func (ws *waits) allMessages() []*state.Message {
	all := []*state.Message{}
	for _, c := range ws.st.Channels.All() {
		all = append(all, c.Messages...)
	}
	slices.SortFunc(all, func(a, b *state.Message) int {
		if methods.Later(a.TS, b.TS) {
			return 1
		}
		return -1
	})
	return all
}

// describeLast tells the last ten of them, for the error of a wait.
func describeLast(messages []*state.Message, relevant func(*state.Message) bool) string {
	lines := []string{}
	for _, m := range slices.Backward(messages) {
		if relevant(m) && !m.Deleted && len(lines) < 10 {
			lines = append(lines, "  "+m.Describe())
		}
	}
	if len(lines) == 0 {
		return "none"
	}
	return "(newest first)\n" + strings.Join(lines, "\n")
}
