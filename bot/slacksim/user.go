package slacksim

import (
	"errors"
	"fmt"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/wire"
)

// A Person is a user who acts. What a person cannot do in Slack is an error; what the app makes of
// it is not.
//
// Every deed goes through what the person saw, a Message or View that may be out of date by now: a
// button that was replaced can still be clicked, as it can in Slack until the new drawing arrives.
type Person struct {
	ws *client
	id string
}

// ID is the user's id.
func (p *Person) ID() string { return p.id }

func (p *Person) user() *roster.User { return p.ws.st.Users.ByID[p.id] }

// Types sends what is typed into the composer of a channel ("#soc", an id) or of a direct message ("@s1bot"): a slash
// command, or a message. @names and #names become mentions, as in Slack's client.
func (p *Person) Types(where, text string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	c, err := p.ws.composer(p.user(), where)
	if err != nil {
		return err
	}
	return p.ws.typeIn(p.user(), c, "", text)
}

// TypesInThread sends what is typed into the composer of the message's thread.
func (p *Person) TypesInThread(m state.Message, text string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	at, _, err := m.Locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	thread := at.Message.TS
	if at.Message.IsReply() {
		thread = at.Message.ThreadTS
	}
	return p.ws.typeIn(p.user(), at.Channel, thread, text)
}

// Clicks clicks a button, or picks from an overflow menu, by its label. A confirmation dialog is
// shown first, and answered with yes; see Dialogs and Declines.
//
// The first button of that label is clicked, whatever stands around it; then entries of overflow
// menus, then options of any menu.
func (p *Person) Clicks(on state.Surface, label string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	at, blocks, err := on.Locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	if block, el := blockkit.FindElement(blocks, label, "button", "icon_button"); el != nil {
		p.ws.asksFirst(p.user(), label, el)
		p.ws.act(p.user(), at, block, el, nil)
		return nil
	}
	block, el, option := blockkit.FindOverflow(blocks, label)
	if el == nil {
		return p.pickAnywhere(at, blocks, label)
	}
	p.ws.asksFirst(p.user(), label, el)
	p.ws.act(p.user(), at, block, el, map[string]any{"selected_option": option})
	return nil
}

// pickAnywhere picks an option of that text from the first menu that has it.
func (p *Person) pickAnywhere(at state.Place, blocks []map[string]any, label string) error {
	var err error
	found := false
	blockkit.EachElement(blocks, func(b, el map[string]any) {
		if _, missing := blockkit.FindOption(el, label, nil); !found && missing == nil {
			found = true
			err = p.change(at, b, el, []string{label}, nil)
		}
	})
	if !found {
		return fmt.Errorf("there is no button or option %q; there are the buttons %q", label, blockkit.ButtonLabels(blocks))
	}
	return err
}

// Selects picks options of a menu, radio buttons or checkboxes, or sets a date, a time or a text,
// and lets the app know as Slack does at once. The menu is found by its label, its placeholder or
// its id; a search box is asked for the option.
//
// It holds the lock only to find the menu and to set it; between the two the app may have to be
// asked for options.
func (p *Person) Selects(on state.Surface, label string, choices ...string) error {
	p.ws.st.Mu.Lock()
	at, blocks, err := on.Locate(p.ws.st, p.user())
	block, el := blockkit.FindInput(blocks, label)
	p.ws.st.Mu.Unlock()
	if err != nil {
		return err
	}
	if el == nil {
		return fmt.Errorf("there is no menu %q", label)
	}
	offered, err := p.offers(on, label, el, choices)
	if err != nil {
		return err
	}
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	return p.change(at, block, el, choices, offered)
}

// change puts a value into an element outside of a form.
func (p *Person) change(at state.Place, block, el map[string]any, choices []string, offered []blockkit.Option) error {
	value, err := blockkit.Enter(el, choices, offered, p.ws.idOf)
	if err != nil {
		return err
	}
	p.ws.act(p.user(), at, block, el, value)
	return nil
}

// offers asks the app for the options of a search box that fit the choices.
func (p *Person) offers(on state.Surface, label string, el map[string]any, choices []string) ([]blockkit.Option, error) {
	offered := []blockkit.Option{}
	if kind := wire.Text(el["type"]); kind != "external_select" && kind != "multi_external_select" {
		return offered, nil
	}
	for _, choice := range choices {
		if choice == "" {
			continue
		}
		found, err := p.Suggests(on, label, choice)
		if err != nil {
			return nil, err
		}
		offered = append(offered, found...)
	}
	return offered, nil
}

// Suggests types a query into a search box and returns what the app offers. The box is found by its label, its placeholder
// or its id. A query shorter than the box's min_query_length asks nobody, as in Slack.
func (p *Person) Suggests(on state.Surface, label, query string) ([]blockkit.Option, error) {
	p.ws.st.Mu.Lock()
	at, blocks, err := on.Locate(p.ws.st, p.user())
	if err != nil {
		p.ws.st.Mu.Unlock()
		return nil, err
	}
	block, el := blockkit.FindElement(blocks, label, "external_select", "multi_external_select")
	if el == nil {
		p.ws.st.Mu.Unlock()
		return nil, fmt.Errorf("there is no search box %q", label)
	}
	d := p.ws.suggest(p.user(), at, block, el, query)
	p.ws.st.Mu.Unlock()
	return p.ws.suggestions(d)
}

// View is the modal on top, if one is open.
func (p *Person) View() (state.View, bool) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	stack := p.ws.st.Stacks[p.id]
	if len(stack) == 0 {
		return state.View{}, false
	}
	return *stack[len(stack)-1], true
}

// Home is the App Home that the app has published for the person, if it has.
func (p *Person) Home() (state.View, bool) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	v := p.ws.st.Homes[p.id]
	if v == nil {
		return state.View{}, false
	}
	return *v, true
}

// OpensHome opens the app's Home tab.
func (p *Person) OpensHome() { p.opens("home") }

// OpensMessages opens the app's Messages tab.
func (p *Person) OpensMessages() { p.opens("messages") }

// opens tells the app of an opened tab [docs.slack.dev/reference/events/app_home_opened]: the view
// comes with the Home tab alone. An app that did not subscribe to the event, or has the tab
// switched off, hears nothing.
func (p *Person) opens(tab string) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	if !p.ws.st.Hears("app_home_opened") || tab == "home" && !p.ws.st.App.HomeTab || tab == "messages" && !p.ws.st.App.MessagesTab {
		return
	}
	event := map[string]any{"type": "app_home_opened", "user": p.id, "tab": tab, "event_ts": p.ws.st.NextTS(),
		"channel": p.ws.st.DmOf(p.user(), p.ws.st.Bot()).ID}
	if v := p.ws.st.Homes[p.id]; v != nil && tab == "home" {
		event["view"] = p.ws.st.ViewObject(v)
	}
	p.ws.sendEvent(p.user(), event)
}

// Invites brings somebody, or the app by its name, into a channel. The app hears of it where it is in that channel and may read what kind of
// channel it is [docs.slack.dev/reference/events/member_joined_channel].
func (p *Person) Invites(channel, name string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	c, err := p.ws.composer(p.user(), channel)
	if err != nil {
		return err
	}
	u, ok := p.ws.st.Users.Find(name)
	if !ok {
		return fmt.Errorf("nobody is called %q", name)
	}
	if c.Members[u.ID] {
		return nil // already in this channel: Slack says so, and nothing happens
	}
	c.Members[u.ID] = true
	scope, kind := "channels:read", "C"
	if c.Private {
		scope, kind = "groups:read", "G"
	}
	if c.Has(p.ws.st.Bot()) && p.ws.st.HasScope(scope) && p.ws.st.Hears("member_joined_channel") {
		p.ws.sendEvent(p.user(), map[string]any{"type": "member_joined_channel", "user": u.ID, "channel": c.ID, "channel_type": kind, "team": p.ws.st.Opts.TeamID,
			"inviter": p.id, "event_ts": p.ws.st.NextTS()})
	}
	p.ws.st.Bump()
	return nil
}

// Fills enters values into the inputs of a form without sending it. Fields are found by label or
// id; a value is a string, or a []string where several things can be picked; "" empties the field.
//
// What is filled in stays in the view while it is updated under the same block_id and action_id
// [docs.slack.dev/surfaces/modals], and is lost with other ids.
func (p *Person) Fills(v state.View, fields map[string]any) error {
	for label, value := range fields {
		if err := p.fill(v, label, choicesOf(value)); err != nil {
			return fmt.Errorf("fill %q: %w", label, err)
		}
	}
	return nil
}

func choicesOf(value any) []string {
	switch v := value.(type) {
	case []string:
		return v
	case string:
		return []string{v}
	}
	return []string{fmt.Sprint(value)}
}

// fill puts a value into one input. The app hears of it at once only where the block says so
// (dispatch_action).
func (p *Person) fill(v state.View, label string, choices []string) error {
	p.ws.st.Mu.Lock()
	at, blocks, err := v.Locate(p.ws.st, p.user())
	block, el := blockkit.FindInput(blocks, label)
	p.ws.st.Mu.Unlock()
	if err != nil {
		return err
	}
	if el == nil {
		return fmt.Errorf("there is no such field; there are %q", v.Fields())
	}
	offered, err := p.offers(v, label, el, choices)
	if err != nil {
		return err
	}
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	value, err := blockkit.Enter(el, choices, offered, p.ws.idOf)
	if err != nil {
		return err
	}
	p.ws.st.Typed.Remember(at.Key(p.user()), wire.Text(block["block_id"]), wire.Text(el["action_id"]), value)
	if wire.IsTrue(block["dispatch_action"]) {
		p.ws.act(p.user(), at, block, el, value)
	}
	return nil
}

// Submits fills the form and presses its submit button. What Slack's client refuses itself, such as an empty required
// field, is in the result's Errors like what the app refuses.
func (p *Person) Submits(v state.View, fields map[string]any) (SubmitResult, error) {
	if err := p.Fills(v, fields); err != nil {
		return SubmitResult{}, err
	}
	p.ws.st.Mu.Lock()
	at, _, err := v.Locate(p.ws.st, p.user())
	if err != nil {
		p.ws.st.Mu.Unlock()
		return SubmitResult{}, err
	}
	result, d := p.ws.submit(p.user(), at.View)
	p.ws.st.Mu.Unlock()
	if d == nil {
		return result, nil
	}
	return p.ws.submitted(d)
}

// Closes closes a form with its close button: the view itself, or the whole stack where the app said clear_on_close.
func (p *Person) Closes(v state.View) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	at, _, err := v.Locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	return p.ws.closeByHand(p.user(), at.View)
}

// Reads looks at a channel: nothing in it is unread any more.
func (p *Person) Reads(channel string) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	if c, ok := p.ws.st.Channels.Find(channel); ok {
		p.ws.st.SetUnread(p.id, c.ID, state.Count{})
	}
}

// Unread counts what the person has not read in a channel, and how much of it calls the person.
func (p *Person) Unread(channel string) (messages, mentions int) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	c, err := p.ws.composer(p.user(), channel)
	if err != nil {
		return 0, 0
	}
	n := p.ws.st.UnreadOf(p.id, c.ID)
	return n.Unread, n.Mentions
}

// Sees are the messages of a channel that the person sees, oldest first, replies in threads included.
func (p *Person) Sees(channel string) []state.Message {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	c, err := p.ws.composer(p.user(), channel)
	if err != nil {
		return nil
	}
	seen := []state.Message{}
	for _, m := range c.Messages {
		if m.VisibleTo(p.id) {
			seen = append(seen, *m)
		}
	}
	return seen
}

// Shortcut runs a global shortcut, by its name or its callback id.
func (p *Person) Shortcut(name string) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	d := &delivery{kind: "interactive", label: "shortcut", user: p.user()}
	p.ws.send(d, p.ws.shortcutPayload(p.user(), p.ws.st.App.Callback(name), nil, nil), 0, "")
}

// ShortcutOn runs a message shortcut, by its name or its callback id, on a message that is not ephemeral.
func (p *Person) ShortcutOn(m state.Message, name string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	at, _, err := m.Locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	if at.Message.EphemeralTo != "" {
		return errors.New("ephemeral messages have no shortcuts")
	}
	d := &delivery{kind: "interactive", label: "message_action", user: p.user(), channel: at.Channel}
	p.ws.send(d, p.ws.shortcutPayload(p.user(), p.ws.st.App.Callback(name), at.Channel, at.Message), 0, "")
	return nil
}
