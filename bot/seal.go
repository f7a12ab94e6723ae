package bot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/socketmode"
	"s1bot/render"
	"s1bot/s1"
)

// What a button or a form carries goes through Slack and comes back with a click. It decides nothing by itself: whoever clicks passes
// the same gates as somebody who types. But people click on what they see, so what comes back must be what was drawn: values carry a
// tag that only the bot can make, and a form's holds for the person whom it was opened for.

var (
	errForm = errors.New("this isn't the form I opened for you, so nothing was done; open it again")
	errMenu = errors.New("this value isn't in the menu; choose one that is")
	errSent = errors.New("this form was already submitted, so nothing was done again")
)

// A sealer makes tags. Its key comes from the bot's token: all processes have it, and nobody who must not post in the bot's name.
// The key follows the token: a token is also changed because it leaked, and then nobody must make tags by the old one.
type sealer struct{ token func() s1.Secret }

// key is the one of the moment.
func (s sealer) key() []byte { return tagOf([]byte(s.token().Reveal()), "what s1bot draws") }

func tagOf(key []byte, texts ...string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, t := range texts {
		fmt.Fprintf(mac, "%d:%s", len(t), t)
	}
	return mac.Sum(nil)
}

// tag is short, for Slack leaves little room; it can be guessed at only by asking the bot, who writes every wrong one down.
func (s sealer) tag(texts ...string) string {
	return ("~" + base64.RawURLEncoding.EncodeToString(tagOf(s.key(), texts...)))[:render.SealSize]
}

// click seals what can be clicked.
func (s sealer) click(text string) string { return s.tag("click", text) }

// formOf seals what a form carries, for the person whom it is opened for.
func (s sealer) formOf(user string) render.Seal {
	return func(text string) string { return s.tag("form", user, text) }
}

// view is a form as its person gets it.
func (b *Bot) view(form render.Form, user string) slack.ModalViewRequest {
	view := form.View()
	if view.PrivateMetadata != "" {
		view.PrivateMetadata += b.seal.formOf(user)(view.PrivateMetadata)
	}
	return view
}

// readForm reads a form that somebody sent; an error where it is not the one that they were shown.
func (b *Bot) readForm(in interactionPayload) (render.Answer, error) {
	view, err := render.Carried(in.View, b.seal.formOf(in.User.ID))
	if err != nil {
		return render.Answer{}, err
	}
	return render.ReadForm(view)
}

// forged refuses what is not as it was drawn, and writes that down.
func (b *Bot) forged(ctx context.Context, a *interaction, what string, says, cause error) error {
	if err := b.admit(ctx, a); err != nil {
		return err
	}
	b.Log.Warn("something came back from Slack that is not as it was drawn", "what", what, "user", a.User, "channel", a.At.Channel, "err", cause)
	wish := policy.Input{Caller: a.Who.Person, Command: what, Channel: a.At.Channel}
	if err := b.Ledger.Refuse(ctx, wish, policy.Decision{Effect: policy.Deny, Why: says.Error()}); err != nil {
		b.Log.Error("cannot write a refusal down", "user", a.User, "err", err)
	}
	return says
}

// ofAnother tells whether somebody clicked about one request on the card of another: they saw something else than they would decide.
func (b *Bot) ofAnother(ctx context.Context, a interaction, id string) bool {
	if a.card == "" || a.card == id {
		return false
	}
	_, err := b.Ledger.Get(ctx, a.card)
	return err == nil
}

// outsideMenu returns the field of a form whose menu or checkbox came back with a value that it does not offer; empty where none did.
func outsideMenu(view slack.View) string {
	if view.State == nil {
		return ""
	}
	for _, block := range view.Blocks.BlockSet {
		input, ok := block.(*slack.InputBlock)
		offered := []*slack.OptionBlockObject(nil)
		if ok {
			offered = optionsOf(input.Element)
		}
		if len(offered) == 0 {
			continue
		}
		for _, element := range view.State.Values[input.BlockID] {
			for _, chosen := range append(element.SelectedOptions, element.SelectedOption) {
				if chosen.Value != "" && !slices.ContainsFunc(offered, func(o *slack.OptionBlockObject) bool { return o.Value == chosen.Value }) {
					return input.BlockID
				}
			}
		}
	}
	return ""
}

// optionsOf are what an element offers; none where it does not say.
func optionsOf(element slack.BlockElement) []*slack.OptionBlockObject {
	switch e := element.(type) {
	case *slack.SelectBlockElement:
		return e.Options
	case *slack.MultiSelectBlockElement:
		return e.Options
	case *slack.CheckboxGroupsBlockElement:
		return e.Options
	}
	return nil
}

// formField is a field of a form under which something can be said; empty where it has none.
func formField(in interactionPayload) string {
	if in.View.State == nil {
		return ""
	}
	for _, name := range sorted(in.View.State.Values) {
		return name
	}
	return ""
}

// refuseForm refuses a form that is not as it was drawn: under its first field, so that it stays open. Without a field it returns nil,
// and the refusal is an answer like any other.
func (b *Bot) refuseForm(ctx context.Context, in interactionPayload, cause error) any {
	field := formField(in)
	if field == "" {
		return nil
	}
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID}}
	says := b.forged(ctx, &a, "form", errForm, cause)
	if errors.Is(says, errNotAllowed) {
		b.recordStranger(ctx, a)
	}
	return slack.NewErrorsViewSubmissionResponse(map[string]string{field: render.Sentence(says.Error())})
}

// sentAgain tells who sends a form for the second time that it was enough.
func (b *Bot) sentAgain(ctx context.Context, in interactionPayload, key string) {
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: origin{Key: key}}}
	if answer, err := b.readForm(in); err == nil {
		a.At = answer.Origin
	}
	if err := b.respond(ctx, &a, func() error { return b.forged(ctx, &a, "form", errSent, errSent) }); err != nil {
		b.Log.Error("cannot say that a form was sent already", "user", a.User, "err", err)
	}
}

// unreadable answers who clicked on or sent what is no interaction of Slack's form, as far as it says who that was and where.
func (b *Bot) unreadable(ctx context.Context, env socketmode.Envelope, cause error) {
	var in struct {
		User        interactionUser      `json:"user"`
		Container   interactionContainer `json:"container"`
		ResponseURL string               `json:"response_url"`
	}
	if json.Unmarshal(env.Payload, &in) != nil || in.User.ID == "" {
		b.Log.Error("Slack sent an interaction that the bot cannot read", "envelope_id", env.ID, "err", cause)
		return
	}
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: origin{Channel: in.Container.Channel, Thread: in.Container.Thread, ResponseURL: in.ResponseURL, Key: env.ID}}}
	if err := b.respond(ctx, &a, func() error { return b.forged(ctx, &a, "button", workflow.ErrGone, cause) }); err != nil {
		b.Log.Error("cannot answer a click", "user", a.User, "err", err)
	}
}
