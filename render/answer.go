package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// An Answer is a form that was sent.
//
// Asked has the fields in the form's order, also those that were left empty: an answer that is
// missing and one that is empty are not the same to a form that was folded.
type Answer struct {
	Do     Invocation // the form's
	Origin Origin
	Asked  []string            // the names of its fields
	Values map[string][]string // by field: texts, option values, "true", RFC 3339 times; empty where nothing was given
}

// Carried is what a form carries through Slack; sealed, it is followed by its tag.
//
// It is called once, where the submission comes in; ReadForm and ReadPage then work on plain text.
func Carried(view slack.View, seal Seal) (slack.View, error) {
	text, tag := seal.cut(view.PrivateMetadata)
	if tag != seal.of(text) {
		return view, fmt.Errorf("read a form: private metadata: %w", ErrSeal)
	}
	view.PrivateMetadata = text
	return view, nil
}

// ReadForm reads the view of a submission. A view that View did not make, or an answer to what it
// did not ask, is an error.
//
// Slack sends the state of a view by block id and action id. A block that the form did not ask for
// can't come from it, whoever sent it.
func ReadForm(view slack.View) (Answer, error) {
	if view.CallbackID != FormCallback {
		return Answer{}, fmt.Errorf("read a form: callback id %q is of another app or version", view.CallbackID)
	}
	var m metadata
	if err := json.Unmarshal([]byte(view.PrivateMetadata), &m); err != nil {
		return Answer{}, fmt.Errorf("read a form: private metadata: %w", err)
	}
	a := Answer{Do: m.Do, Origin: m.Origin, Asked: strings.Fields(m.Fields), Values: map[string][]string{}}
	if view.State == nil {
		return a, nil
	}
	for name, elements := range view.State.Values {
		if !slices.Contains(a.Asked, name) {
			return Answer{}, fmt.Errorf("read a form: it does not ask for %q", name)
		}
		for _, e := range elements {
			a.Values[name] = append(a.Values[name], given(e)...)
		}
	}
	return a, nil
}

// unfoldAction is the action of the button Advanced.
const unfoldAction = "form:advanced"

// Redraw tells whether a click in a form asks for nothing but other questions: those behind the
// button Advanced (unfold), or those that depend on what was chosen. Slack keeps what was typed
// where a field has the same name in the view that takes its place.
func Redraw(view slack.View, action *slack.BlockAction) (unfold, ok bool) {
	if view.CallbackID != FormCallback {
		return false, false
	}
	if action.ActionID == unfoldAction {
		return true, true
	}
	for _, block := range view.Blocks.BlockSet {
		if input, is := block.(*slack.InputBlock); is && input.BlockID == action.BlockID {
			return false, input.DispatchAction
		}
	}
	return false, false
}

// given is what a person entered into one element.
//
// Slack's state of an element has one of a dozen fields set, by its kind. A date and time is in
// seconds since 1970, so it is already right for every zone.
func given(e slack.BlockAction) []string {
	if e.SelectedDateTime != 0 {
		return []string{time.Unix(e.SelectedDateTime, 0).UTC().Format(time.RFC3339)}
	}
	var out []string
	for _, v := range append([]string{e.Value, e.SelectedOption.Value, e.SelectedDate, e.SelectedTime, e.SelectedUser,
		e.SelectedChannel, e.SelectedConversation}, e.SelectedUsers...) {
		if v != "" {
			out = append(out, v)
		}
	}
	for _, o := range e.SelectedOptions {
		out = append(out, o.Value)
	}
	return out
}
