package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"s1bot/render"
	"s1bot/s1"
)

// A Sealer makes tags. Its key is in the database: all processes have it, it outlives every token,
// so that the buttons of a request that waits still work after tokens were changed, and who gets
// hold of a token cannot make tags.
//
// Every tag begins with what it is for ("click", "form" and the person), so that a tag of one kind
// is never good for another.
type Sealer struct{ Key s1.Secret }

// KeyOf is the key that programs made of the bot's token before there was one in the database.
func KeyOf(token s1.Secret) s1.Secret {
	return s1.NewSecret(string(tagOf([]byte(token.Reveal()), "what s1bot draws")))
}

func tagOf(key []byte, texts ...string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, t := range texts {
		fmt.Fprintf(mac, "%d:%s", len(t), t)
	}
	return mac.Sum(nil)
}

// tag is short, for Slack leaves little room; it can be guessed at only by asking the bot, who
// writes every wrong one down.
func (s Sealer) tag(texts ...string) string {
	return ("~" + base64.RawURLEncoding.EncodeToString(tagOf([]byte(s.Key.Reveal()), texts...)))[:render.SealSize]
}

// Click seals what can be clicked.
func (s Sealer) Click(text string) string { return s.tag("click", text) }

// Form seals what a form carries, for the person whom it is opened for.
func (s Sealer) Form(user string) render.Seal {
	return func(text string) string { return s.tag("form", user, text) }
}

// View is a form as its person gets it.
func (s Sealer) View(form render.Form, user string) slack.ModalViewRequest {
	return s.Modal(form.View(), user)
}

// Modal is a form or a page as its person gets it.
//
// A view without private_metadata has nothing to seal: what its buttons carry has tags of its own.
func (s Sealer) Modal(view slack.ModalViewRequest, user string) slack.ModalViewRequest {
	if view.PrivateMetadata != "" {
		view.PrivateMetadata += s.Form(user)(view.PrivateMetadata)
	}
	return view
}

// ReadForm reads a form that a user sent; an error where it is not the one that they were shown.
func (s Sealer) ReadForm(view slack.View, user string) (render.Answer, error) {
	view, err := render.Carried(view, s.Form(user))
	if err != nil {
		return render.Answer{}, err
	}
	return render.ReadForm(view)
}

// ReadPage is where the answers to clicks in a page go, if it is one that this user was shown.
func (s Sealer) ReadPage(view slack.View, user string) (render.Origin, error) {
	view, err := render.Carried(view, s.Form(user))
	if err != nil {
		return render.Origin{}, err
	}
	return render.ReadPage(view)
}

// OutsideMenu returns the field of a form whose menu or checkbox came back with a value that it
// does not offer; empty where none did.
//
// Menus whose options come from a search box are not looked at: what they offer is not in the view,
// and what was chosen is looked up again when it runs.
func OutsideMenu(view slack.View) string {
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
