package seal_test

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/seal"
	"s1bot/render"
	"s1bot/s1"
)

func sealer(key string) seal.Sealer { return seal.Sealer{Key: s1.NewSecret(key)} }

func form() render.Form {
	return render.Form{Title: "Deny", Submit: "Deny", Do: render.Invocation{Command: "deny", Args: []byte(`{"request":"R1"}`)},
		Fields: []render.FormField{{Name: "reason", Label: "Why?", Widget: render.MultiLine}}}
}

// sent is a form as Slack sends it back.
func sent(view slack.ModalViewRequest) slack.View {
	return slack.View{CallbackID: view.CallbackID, PrivateMetadata: view.PrivateMetadata, Blocks: view.Blocks,
		State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{"reason": {"reason": {Value: "no ticket"}}}}}
}

func TestATagHoldsForItsTextItsKindAndItsKey(t *testing.T) {
	t.Parallel()
	s := sealer("one")
	tag := s.Click("isolate DESKTOP-1")
	require.Len(t, tag, render.SealSize)
	require.Equal(t, tag, s.Click("isolate DESKTOP-1"))
	for _, other := range []string{s.Click("isolate DESKTOP-2"), s.Form("U1")("isolate DESKTOP-1"), s.Form("")("isolate DESKTOP-1"), sealer("two").Click("isolate DESKTOP-1")} {
		require.NotEqual(t, tag, other)
	}
}

func TestAFormIsItsPersons(t *testing.T) {
	t.Parallel()
	s := sealer("one")
	view := sent(s.View(form(), "U1"))
	answer, err := s.ReadForm(view, "U1")
	require.NoError(t, err)
	require.Equal(t, "deny", answer.Do.Command)
	require.Equal(t, []string{"no ticket"}, answer.Values["reason"])
	_, err = s.ReadForm(view, "U2")
	require.ErrorIs(t, err, render.ErrSeal)
	_, err = sealer("two").ReadForm(view, "U1")
	require.ErrorIs(t, err, render.ErrSeal)
	view.PrivateMetadata = "x" + view.PrivateMetadata
	_, err = s.ReadForm(view, "U1")
	require.ErrorIs(t, err, render.ErrSeal)
	_, err = s.ReadForm(slack.View{}, "U1")
	require.Error(t, err)
}

func TestAMenuGivesBackWhatItOffers(t *testing.T) {
	t.Parallel()
	offered := []*slack.OptionBlockObject{{Value: "a"}, {Value: "b"}}
	for name, element := range map[string]slack.BlockElement{
		"menu": &slack.SelectBlockElement{Options: offered}, "menu of many": &slack.MultiSelectBlockElement{Options: offered}, "boxes": &slack.CheckboxGroupsBlockElement{Options: offered},
	} {
		for value, field := range map[string]string{"a": "", "b": "", "": "", "c": "verdict"} {
			view := slack.View{Blocks: slack.Blocks{BlockSet: []slack.Block{&slack.InputBlock{BlockID: "verdict", Element: element}}},
				State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{"verdict": {"x": {SelectedOption: slack.OptionBlockObject{Value: value}}}}}}
			require.Equal(t, field, seal.OutsideMenu(view), "%s %q", name, value)
		}
	}
	require.Empty(t, seal.OutsideMenu(slack.View{}))
	free := slack.View{Blocks: slack.Blocks{BlockSet: []slack.Block{&slack.InputBlock{BlockID: "note", Element: &slack.PlainTextInputBlockElement{}}, &slack.DividerBlock{}}}, State: &slack.ViewState{}}
	require.Empty(t, seal.OutsideMenu(free), "what has no choices takes any value")
}
