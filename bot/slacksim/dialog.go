package slacksim

import (
	"fmt"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/wire"
)

// A Dialog is the confirmation that Slack's client shows before it sends a click, where the element
// has a confirm object. The app hears of the click only if the person says yes
// [docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object].
//
// Without it every confirmation would be clicked through unread, and a test could not tell what it
// said.
type Dialog struct {
	Button                     string // what was clicked
	Title, Text, Confirm, Deny string
}

// Dialogs are those that the person was shown, oldest first.
func (p *Person) Dialogs() []Dialog {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	return append([]Dialog{}, p.ws.dialogs[p.id]...)
}

// Declines clicks a button that asks first, reads the dialog and says no: the app hears nothing. It
// is an error where nothing is asked.
//
// To look at a dialog is to be shown it: it stands among Dialogs afterwards, as with a click.
func (p *Person) Declines(on state.Surface, label string) (Dialog, error) {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	_, blocks, err := on.Locate(p.ws.st, p.user())
	if err != nil {
		return Dialog{}, err
	}
	_, el := blockkit.FindElement(blocks, label, "button", "icon_button")
	if el == nil {
		return Dialog{}, fmt.Errorf("there is no button %q; there are %q", label, blockkit.ButtonLabels(blocks))
	}
	d, asks := p.ws.asksFirst(p.user(), label, el)
	if !asks {
		return Dialog{}, fmt.Errorf("the button %q asks nothing before it is sent", label)
	}
	return d, nil
}

// asksFirst shows a person the dialog of an element, if it has one.
func (ws *client) asksFirst(u *roster.User, label string, el map[string]any) (Dialog, bool) {
	spec := wire.Object(el["confirm"])
	if len(spec) == 0 {
		return Dialog{}, false
	}
	says := func(key string) string { return wire.Text(wire.Object(spec[key])["text"]) }
	d := Dialog{Button: label, Title: says("title"), Text: says("text"), Confirm: says("confirm"), Deny: says("deny")}
	ws.dialogs[u.ID] = append(ws.dialogs[u.ID], d)
	return d, true
}
