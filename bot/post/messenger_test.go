package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/webapi/webapitest"
	"s1bot/render"
)

// known are the conversations with people, as the database keeps them.
type known map[string]string

func (k known) Direct(_ context.Context, user string) (string, error) { return k[user], nil }
func (k known) SetDirect(_ context.Context, user, channel string) error {
	if channel == "" {
		delete(k, user)
		return nil
	}
	k[user] = channel
	return nil
}

// drawer is a database of long buttons.
type drawer struct{ bodies []string }

func (d *drawer) Put(_ context.Context, body []byte, _ time.Duration) (string, error) {
	d.bodies = append(d.bodies, string(body))
	return fmt.Sprintf("clip-%d", len(d.bodies)), nil
}
func (d *drawer) Get(context.Context, string) ([]byte, error) { return nil, errors.New("not asked") }

// found is what looking for a message finds: the ts of messages, or an error.
type found struct {
	all []string
	err error
}

func (f *found) look(context.Context, string, string, string, time.Time) ([]string, error) {
	return f.all, f.err
}

func messengerOf(s *webapitest.Slack, f *found) *Messenger {
	return &Messenger{
		API: s.API(), Uploads: s.API(), HTTP: s.HTTP(), Console: "https://console.test", Directs: known{}, Clips: &drawer{}, Find: f.look,
		Attached: func(context.Context, string, string, string) (bool, error) { return false, nil }, Log: slog.New(slog.DiscardHandler),
	}
}

func words(text string) render.Card {
	return render.Card{Title: text, Text: text, Parts: []render.Part{render.Line{render.Text(text)}}}
}

// A message is never posted blindly a second time: where an answer got lost it is looked for first, and where nobody can look it is said to
// be unconfirmed.
func TestAPostWhoseAnswerGotLostIsLookedForFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		found       found
		ts          string
		posts       int
		unconfirmed bool
	}{
		"it is there":        {found{all: []string{"7.7"}}, "7.7", 1, false},
		"it is not there":    {found{}, "8.8", 2, false},
		"nobody can look":    {found{err: refusal("not_in_channel")}, "", 1, true},
		"there are even two": {found{all: []string{"7.7", "7.8"}}, "7.7", 1, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := webapitest.New()
			s.On("chat.postMessage", webapitest.Broken, webapitest.OK(`{"ok":true,"channel":"C1","ts":"8.8"}`))
			_, ts, err := messengerOf(s, &c.found).Post(t.Context(), "C1", "", "key", words("hello"))
			require.Len(t, s.Calls("chat.postMessage"), c.posts, name)
			var unconfirmed UnconfirmedError
			require.Equal(t, c.unconfirmed, errors.As(err, &unconfirmed), name)
			if !c.unconfirmed {
				require.NoError(t, err, name)
				require.Equal(t, c.ts, ts, name)
			}
			require.Equal(t, max(len(c.found.all)-1, 0), len(s.Calls("chat.delete")), name)
		})
	}
}

// A direct message cannot be looked for before its conversation is known: what then stands there twice is taken back.
func TestADirectMessageThatGotThereTwiceIsTakenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		s.On("chat.postMessage", webapitest.Broken, webapitest.OK(`{"ok":true,"channel":"D1","ts":"8.8"}`))
		m := messengerOf(s, &found{all: []string{"7.7", "8.8"}})
		channel, ts, err := m.Post(t.Context(), "U1", "", "key", words("hello"))
		require.NoError(t, err)
		require.Equal(t, "D1 7.7", channel+" "+ts, "the first stays")
		require.Equal(t, "8.8", s.Calls("chat.delete")[0].Get("ts"))
		require.Equal(t, known{"U1": "D1"}, m.Directs)
	})
}

func TestADirectMessageThatNobodyCanReadBackStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		s.On("chat.postMessage", webapitest.Broken, webapitest.OK(`{"ok":true,"channel":"D1","ts":"8.8"}`))
		_, ts, err := messengerOf(s, &found{err: refusal("missing_scope")}).Post(t.Context(), "U1", "", "key", words("hello"))
		require.NoError(t, err)
		require.Equal(t, "8.8", ts)
		require.Empty(t, s.Calls("chat.delete"))
	})
}

// What was posted to a person is edited in the conversation that Slack named, and the next message goes there at once.
func TestAConversationIsLearntAndForgotten(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	m := messengerOf(s, &found{})
	channel, _, err := m.Post(t.Context(), "U1", "", "key", words("hello"))
	require.NoError(t, err)
	require.Equal(t, "D1", channel)
	s.On("chat.postMessage", webapitest.No("channel_not_found"), webapitest.OK(`{"ok":true,"channel":"D9","ts":"1.1"}`))
	channel, _, err = m.Post(t.Context(), "U1", "", "key", words("hello"))
	require.NoError(t, err)
	require.Equal(t, "D9", channel)
	var asked []string
	for _, c := range s.Calls("chat.postMessage") {
		asked = append(asked, c.Get("channel"))
	}
	require.Equal(t, []string{"U1", "D1", "U1"}, asked)
	require.Equal(t, known{"U1": "D9"}, m.Directs)
}

// A channel that is gone is no conversation that was learnt: it is not tried again.
func TestARefusedChannelIsAskedOnce(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("chat.postMessage", webapitest.No("channel_not_found"))
	_, _, err := messengerOf(s, &found{}).Post(t.Context(), "C1", "", "key", words("hello"))
	require.True(t, RefusedWith(err, "channel_not_found"))
	require.Len(t, s.Calls("chat.postMessage"), 1)
}

// A card that Slack does not take as it is drawn comes plainer, at last as bare words: what nobody can read is worse.
func TestACardThatSlackRefusesComesPlainer(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("chat.postMessage", webapitest.No("invalid_blocks"), webapitest.No("invalid_blocks"), webapitest.No("invalid_blocks"), webapitest.No("invalid_blocks"),
		webapitest.OK(`{"ok":true,"channel":"C1","ts":"1.1"}`))
	m := messengerOf(s, &found{})
	card := words("DESKTOP-1 is isolated")
	card.Parts = append(card.Parts, render.Table{Columns: []render.Column{{Title: "Name"}}, Rows: [][]render.Line{{{render.Text("DESKTOP-1")}}, {{render.Text("DESKTOP-2")}}}})
	_, _, err := m.Post(t.Context(), "C1", "", "key", card)
	require.NoError(t, err)
	calls := s.Calls("chat.postMessage")
	require.Len(t, calls, 5)
	require.Contains(t, calls[0].Blocks(), `"data_table"`)
	require.NotContains(t, calls[1].Blocks(), `"data_table"`)
	require.Contains(t, calls[1].Blocks(), `"table"`)
	require.NotContains(t, calls[2].Blocks(), `"table"`)
	require.Contains(t, calls[4].Get("text")+calls[4].Blocks(), "DESKTOP-1 is isolated")
}

// A workspace without data tables is not asked each time.
func TestARefusedBlockIsRememberedForSixHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		m := messengerOf(s, &found{})
		card := words("list")
		card.Parts = append(card.Parts, render.Table{Columns: []render.Column{{Title: "Name"}}, Rows: [][]render.Line{{{render.Text("A")}}, {{render.Text("B")}}}})
		post := func(answers ...webapitest.Answer) int {
			s.Forget()
			s.On("chat.postMessage", answers...)
			_, _, err := m.Post(t.Context(), "C1", "", "key", card)
			require.NoError(t, err)
			return len(s.Calls("chat.postMessage"))
		}
		yes := webapitest.OK(`{"ok":true,"channel":"C1","ts":"1.1"}`)
		require.Equal(t, 2, post(webapitest.No("invalid_blocks"), yes))
		require.Equal(t, 1, post(yes))
		require.NotContains(t, s.Calls("chat.postMessage")[0].Blocks(), `"data_table"`)
		time.Sleep(refusalKept + time.Second) // of the bubble's clock
		require.Equal(t, 1, post(yes))
		require.Contains(t, s.Calls("chat.postMessage")[0].Blocks(), `"data_table"`)
	})
}

func TestAnAnswerGoesThroughTheResponseURL(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	m := messengerOf(s, &found{})
	require.NoError(t, m.Respond(t.Context(), "http://slack.test/respond/1", true, words("for you")))
	require.NoError(t, m.RespondInChannel(t.Context(), "http://slack.test/respond/2", "5.5", words("for all")))
	mine, all := string(s.Calls("/respond/1")[0].Body), string(s.Calls("/respond/2")[0].Body)
	require.Contains(t, mine, `"response_type":"ephemeral"`)
	require.Contains(t, mine, `"replace_original":true`)
	require.Contains(t, all, `"response_type":"in_channel"`)
	require.Contains(t, all, `"thread_ts":"5.5"`)
	require.NotContains(t, all, `"replace_original":true`)
}

// A response URL may be refused in the body of a 200: that is no answer that anybody saw.
func TestAResponseURLIsRefusedInItsBody(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	m := messengerOf(s, &found{})
	s.On("/respond/1", webapitest.No("expired_url"))
	require.ErrorContains(t, m.Respond(t.Context(), "http://slack.test/respond/1", false, words("for you")), "expired_url")
	require.Error(t, m.RespondInChannel(t.Context(), "http://slack.test/respond/1", "", words("for all")))
	require.Len(t, s.Calls("/respond/1"), 2, "a refusal is final")
	s.On("/respond/1", webapitest.No("invalid_blocks"), webapitest.OK("ok"))
	require.NoError(t, m.Respond(t.Context(), "http://slack.test/respond/1", false, words("for you")), "plainer, it is taken")
}

// A proxy's page with the status 200 is none of Slack's answers: nobody has seen the message.
func TestAWebPageIsNoAnswerOfAResponseURL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		m := messengerOf(s, &found{})
		s.On("/respond/1", webapitest.OK("<html>Down for maintenance"), webapitest.OK("ok"))
		require.NoError(t, m.Respond(t.Context(), "http://slack.test/respond/1", false, words("for you")))
		require.Len(t, s.Calls("/respond/1"), 2)
		s.On("/respond/1", webapitest.OK("<html>Down for maintenance"))
		require.Error(t, m.Respond(t.Context(), "http://slack.test/respond/1", false, words("for you")))
	})
}

// Whoever has a response URL can post through it: it stands in no error, and so in no log.
func TestAResponseURLStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		s.On("/respond/secret", webapitest.Broken)
		err := messengerOf(s, &found{}).Respond(t.Context(), "http://slack.test/respond/secret", false, words("for you"))
		require.ErrorContains(t, err, "(response URL)")
		require.NotContains(t, err.Error(), "secret")
		require.Len(t, s.Calls("/respond/secret"), brokenTries, "to one person twice is no harm")
	})
}

// What everybody reads is not said twice: an answer that may have got through is not sent again.
func TestAnAnswerToAllIsNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		s.On("/respond/1", webapitest.Broken)
		require.Error(t, messengerOf(s, &found{}).RespondInChannel(t.Context(), "http://slack.test/respond/1", "", words("for all")))
		require.Len(t, s.Calls("/respond/1"), 1)
	})
}

func TestAnEditIsRepeatedAndAnEphemeralMessageStandsInItsThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		m := messengerOf(s, &found{})
		s.On("chat.update", webapitest.Broken, webapitest.Slow(7), webapitest.OK(`{"ok":true}`))
		began := time.Now()
		require.NoError(t, m.Edit(t.Context(), "C1", "1.1", words("done")))
		require.Equal(t, 8*time.Second, time.Since(began), "a second after what broke, and what Slack asked for")
		s.On("chat.update", webapitest.No("message_not_found"))
		require.ErrorContains(t, m.Edit(t.Context(), "C1", "1.1", words("done")), "edit the card 1.1 in C1")
		require.NoError(t, m.PostEphemeral(t.Context(), "C1", "5.5", "U1", words("for you")))
		said := s.Calls("chat.postEphemeral")[0]
		require.Equal(t, "C1 5.5 U1", said.Get("channel")+" "+said.Get("thread_ts")+" "+said.Get("user"))
		s.On("chat.postEphemeral", webapitest.No("user_not_in_channel"))
		require.ErrorContains(t, m.PostEphemeral(t.Context(), "C1", "", "U1", words("for you")), "tell U1 in C1")
	})
}

// A button's value has 2,000 characters at Slack (docs.slack.dev/reference/block-kit/block-elements/button-element): a longer one lies in the
// database, and its button carries where.
func TestALongButtonLiesInTheDatabase(t *testing.T) {
	t.Parallel()
	clips := &drawer{}
	m := &Messenger{Clips: clips}
	short := render.Button{Label: "Open", Do: render.Invocation{Command: "list-agents"}}
	long := render.Button{Label: "Again", Do: render.Invocation{Command: "list-agents", Args: []byte(`{"x":"` + strings.Repeat("y", 3000) + `"}`), Console: "emea"}}
	link := render.Button{Label: "Console", URL: "https://console.test/" + strings.Repeat("z", 2500)}
	all, err := m.Fitting(t.Context(), []render.Action{short, long, link})
	require.NoError(t, err)
	require.Equal(t, short, all[0])
	require.Equal(t, render.Invocation{Command: ClipWord, Args: []byte(`{"id":"clip-1"}`), Console: "emea"}, all[1].(render.Button).Do)
	require.Equal(t, link, all[2], "a link carries nothing")
	require.Len(t, clips.bodies, 1)
	require.Contains(t, clips.bodies[0], "yyy")
}

// An option's value has 75: a menu stays one menu, however long what it invokes is.
func TestAMenuOfLongOptionsStaysAMenu(t *testing.T) {
	t.Parallel()
	clips := &drawer{}
	m := &Messenger{Clips: clips}
	long := func(word string) *render.Invocation {
		return &render.Invocation{Command: "query", Args: []byte(`{"query":"` + strings.Repeat("y", 300) + word + `"}`), Console: "emea"}
	}
	menu := render.Menu{Label: "Narrow by", Options: []render.Option{{Label: "one", Value: "1", Do: long("one")}, {Label: "two", Value: "2", Do: long("two")}}}
	short := render.Menu{Label: "Verdict", Do: render.Invocation{Command: "verdict"}, Param: "verdict", Options: []render.Option{{Label: "one", Value: "1"}, {Label: "two", Value: "2"}}}
	all, err := m.Fitting(t.Context(), []render.Action{menu, short})
	require.NoError(t, err)
	require.Equal(t, short, all[1])
	require.Len(t, clips.bodies, 2)
	require.Contains(t, clips.bodies[1], "yytwo")
	require.JSONEq(t, `{"id":"clip-2"}`, string(all[0].(render.Menu).Options[1].Do.Args))
	require.Equal(t, "emea", all[0].(render.Menu).Options[1].Do.Console)
	require.Contains(t, menu.Options[0].Do.Command, "query", "the card itself is as it was")
	blocks, err := json.Marshal(render.Card{Actions: all}.Message(render.Options{}).Blocks)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(blocks), `"type":"static_select"`))
}

// A file stands in the thread of its card, and a card whose file did not get there says so.
func TestACardSaysWhichOfItsFilesAreMissing(t *testing.T) {
	t.Parallel()
	with := words("Report")
	with.Title = "Shift report"
	with.Files = []render.File{{Name: "report.csv", Title: "Report", Body: []byte("a,b\n")}, {Name: "empty.csv"}}
	t.Run("shared", func(t *testing.T) {
		t.Parallel()
		s := webapitest.New()
		_, ts, err := messengerOf(s, &found{}).Post(t.Context(), "C1", "", "key", with)
		require.NoError(t, err)
		shared := s.Calls("files.completeUploadExternal")
		require.Len(t, shared, 1, "Slack refuses empty files")
		require.Equal(t, ts, shared[0].Get("thread_ts"))
		require.Len(t, s.Calls("/upload"), 1)
	})
	t.Run("refused before the card", func(t *testing.T) {
		t.Parallel()
		s := webapitest.New()
		s.On("files.getUploadURLExternal", webapitest.No("missing_scope"))
		_, _, err := messengerOf(s, &found{}).Post(t.Context(), "C1", "", "key", with)
		var missing *FilesError
		require.ErrorAs(t, err, &missing)
		require.EqualError(t, missing, "files are missing: report.csv")
		require.Contains(t, missing.Words(), "`s1bot check` names it")
		require.True(t, RefusedWith(err, "missing_scope"), "the cause is kept")
		require.Contains(t, s.Calls("chat.postMessage")[0].Blocks(), "I couldn't upload report.csv")
		require.Empty(t, s.Calls("files.completeUploadExternal"))
	})
	t.Run("refused after it", func(t *testing.T) {
		t.Parallel()
		s := webapitest.New()
		s.On("files.completeUploadExternal", webapitest.No("file_not_found"))
		_, ts, err := messengerOf(s, &found{}).Post(t.Context(), "C1", "9.9", "key", with)
		require.ErrorContains(t, err, "report.csv")
		edits := s.Calls("chat.update")
		require.Len(t, edits, 1)
		require.Equal(t, ts, edits[0].Get("ts"))
		require.Contains(t, edits[0].Blocks(), "Slack refuses it (file_not_found)")
		require.Equal(t, "9.9", s.Calls("files.completeUploadExternal")[0].Get("thread_ts"), "the thread that there is already")
	})
	t.Run("nothing but a file that is lost", func(t *testing.T) {
		t.Parallel()
		s := webapitest.New()
		s.On("files.getUploadURLExternal", webapitest.Status(http.StatusForbidden))
		only := render.Card{Title: "Report", Files: []render.File{{Name: "report.csv", Title: "Report", Body: []byte("a")}}}
		_, _, err := messengerOf(s, &found{}).Post(t.Context(), "C1", "", "key", only)
		require.Error(t, err)
		require.Empty(t, s.Calls("chat.postMessage"), "a title of a file that is not there")
	})
}

// A share whose answer got lost is looked for in the file before it is shared again; Slack may need a while to show it.
func TestAShareWhoseAnswerGotLostIsLookedFor(t *testing.T) {
	t.Parallel()
	there := webapitest.OK(`{"ok":true,"file":{"id":"F1","channels":["C1"]}}`)
	notYet := webapitest.OK(`{"ok":true,"file":{"id":"F1"}}`)
	for name, c := range map[string]struct {
		info     []webapitest.Answer
		attached bool
		shares   int
		lost     bool
	}{
		"it stands there":               {[]webapitest.Answer{there}, false, 1, false},
		"it stands there after a while": {[]webapitest.Answer{notYet, notYet, there}, false, 1, false},
		"it never got there":            {[]webapitest.Answer{webapitest.No("file_not_found")}, false, 2, false},
		"the thread tells":              {[]webapitest.Answer{webapitest.No("missing_scope")}, true, 1, false},
		"it is nowhere":                 {[]webapitest.Answer{notYet}, false, 2, false},
		"nobody can tell":               {[]webapitest.Answer{webapitest.Broken}, false, 1, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := webapitest.New()
			s.On("files.completeUploadExternal", webapitest.Broken, webapitest.OK(`{"ok":true,"files":[{"id":"F1"}]}`))
			s.On("files.info", c.info...)
			m := messengerOf(s, &found{})
			m.Attached = func(context.Context, string, string, string) (bool, error) { return c.attached, nil }
			lost := m.share(t.Context(), "C1", "1.1", []staged{{"F1", render.File{Name: "a.csv"}}})
			require.Len(t, s.Calls("files.completeUploadExternal"), c.shares, name)
			require.Equal(t, c.lost, len(lost) == 1, name)
			if c.lost {
				require.Contains(t, lost[0].Words(), "it may or may not have arrived", name)
			}
		})
	}
}

// A card in the place of another one takes its files along.
func TestAReplacedCardHasItsFilesInItsThread(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	m := messengerOf(s, &found{})
	card := words("Done")
	card.Files = []render.File{{Name: "a.csv", Title: "A", Body: []byte("a")}}
	require.NoError(t, m.Replace(t.Context(), "C1", "1.1", "", card))
	require.Equal(t, "1.1", s.Calls("files.completeUploadExternal")[0].Get("thread_ts"))
	s.On("chat.update", webapitest.No("edit_window_closed"))
	require.Error(t, m.Replace(t.Context(), "C1", "1.1", "", card))
	require.Len(t, s.Calls("files.completeUploadExternal"), 1, "no file without its card")
}

func TestAFailedUploadIsSaidInWords(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"Slack refuses it (file_deleted). Try again.": refusal("file_deleted"),
		"Slack answered with status 502. Try again.":  badGateway,
		"Slack isn't responding. Try again.":          torn,
		"I can't write it to my disk, which may be full. Ask whoever runs the bot to make room, then try again.": fmt.Errorf("upload: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}),
	} {
		require.Equal(t, "I couldn't upload a.csv: "+want, lostFile{name: "a.csv", err: err}.Words())
	}
}
