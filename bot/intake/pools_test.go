package intake

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/library"
	"s1bot/commands"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
)

// cardOf says that every thread is about a thing of one console.
type cardOf struct {
	exchange.SubjectSource
	thread, console string
}

func (c cardOf) About(_ context.Context, _, ts string) (exchange.Subject, error) {
	if ts != c.thread {
		return exchange.Subject{}, nil
	}
	return exchange.Subject{Console: c.console, Kind: "threat", ID: "1900000000000000001"}, nil
}

// requestsOn are requests that are all about one console.
type requestsOn string

func (r requestsOn) Get(_ context.Context, ref string) (approvals.Request, error) {
	if ref != "A-7F3A" {
		return approvals.Request{}, errors.New("there is no such request")
	}
	return approvals.Request{ID: "1", Ref: ref, Console: string(r)}, nil
}

// someWords are the bot's own. No sentence means one of them.
type someWords map[string]Word

func (w someWords) Word(name string) (Word, bool) { word, known := w[name]; return word, known }
func (w someWords) Meant(string) Word             { return Word{} }

// savedLine is all that somebody saved.
type savedLine struct{ library.Store }

func (savedLine) All(context.Context, string) ([]library.Saved, error) {
	return []library.Saved{{Name: "texas", Line: "list-agents console=us"}}, nil
}

func consolesCalled(t *testing.T, channels map[string]string, names ...string) *consoles.Set {
	t.Helper()
	var all []consoles.Console
	for _, name := range names {
		client, err := s1.New(s1.Config{BaseURL: "https://" + name + ".example", Token: s1.NewSecret("x")})
		require.NoError(t, err)
		all = append(all, consoles.Console{Name: name, Client: client, Catalog: commands.All(), Channels: []string{channels[name]}})
	}
	set, err := consoles.NewSet(all...)
	require.NoError(t, err)
	return set
}

func TestWorkWaitsAmongThatForItsOwnConsole(t *testing.T) {
	t.Parallel()
	words := someWords{"approve": {Decides: true, Console: true}, "can": {Console: true}, "report": {Console: true, Every: true}, "help": {}}
	set := consolesCalled(t, map[string]string{"emea": "C0EMEA"}, "emea", "us")
	p := Pools{exchange.Settler{Set: set, Subjects: exchange.Subjects{Source: cardOf{thread: "1.1", console: "us"}}}, requestsOn("us"), library.Library{Catalog: commands.All(), Store: savedLine{}}, words}
	typed := func(channel, line string) inbound.Delivery {
		return inbound.Delivery{Kind: inbound.Slash, Command: inbound.SlashCommand{User: "U1", Channel: channel, Text: line}}
	}
	said := func(thread, line string) inbound.Delivery {
		return inbound.Delivery{Kind: inbound.Event, Message: inbound.Message{User: "U1", Channel: "C0EMEA", Thread: thread, Line: line, Meaning: inbound.Order}}
	}
	drawn := func(do render.Invocation) inbound.Delivery {
		return inbound.Delivery{Kind: inbound.Click, Payload: inbound.Payload{Clicks: []inbound.Action{{Do: do}}}}
	}
	sent := func(do render.Invocation) inbound.Delivery {
		return inbound.Delivery{Kind: inbound.Submission, Payload: inbound.Payload{Form: render.Answer{Do: do}}}
	}
	for name, c := range map[string]struct {
		d    inbound.Delivery
		want string
	}{
		"named":                     {typed("C0EMEA", "list-agents console=US"), "us"},
		"the channel's":             {typed("C0EMEA", "list-agents"), "emea"},
		"nobody knows":              {typed("C0SOC", "list-agents"), ""},
		"no such console":           {typed("C0EMEA", "list-agents console=apac"), ""},
		"a saved command's":         {typed("C0EMEA", "texas"), "us"},
		"a word's":                  {typed("C0SOC", "can isolate A console=us"), "us"},
		"the thread's":              {said("1.1", "scan A"), "us"},
		"another thread":            {said("1.2", "scan A"), "emea"},
		"a request's, typed":        {typed("C0EMEA", "approve `a-7f3a`"), "us"},
		"no such request":           {typed("C0EMEA", "approve A-0000"), ""},
		"all of them":               {typed("C0EMEA", "report -24h"), ""},
		"nothing about a console":   {typed("C0EMEA", "help isolate"), ""},
		"a button's":                {drawn(render.Invocation{Command: "initiate-scan", Console: "us"}), "us"},
		"a decision's":              {drawn(render.Invocation{Command: "approve", Console: "us"}), "us"},
		"a button's of nobody":      {drawn(render.Invocation{Command: "initiate-scan", Console: consoles.Unsettled}), ""},
		"of a console that is gone": {drawn(render.Invocation{Command: "initiate-scan", Console: "apac"}), ""},
		"a saved command's button":  {drawn(render.Invocation{Command: library.SavedWord, Args: []byte(`{"line":"texas"}`)}), "us"},
		"a form's":                  {sent(render.Invocation{Command: "initiate-scan", Console: "emea"}), "emea"},
	} {
		class, _ := Classify(words, c.d)
		require.Equal(t, c.want, p.Of(t.Context(), c.d, class), name)
	}
	one := Pools{Settler: exchange.Settler{Set: consolesCalled(t, nil, "emea"), Subjects: exchange.Subjects{}}}
	require.Empty(t, one.Of(t.Context(), typed("C0EMEA", "list-agents"), CommandClass), "a lone console has no name")
	require.Empty(t, one.ofDrawn(render.Invocation{Console: "emea"}))
}
