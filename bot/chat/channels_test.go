package chat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/post"
	"s1bot/bot/webapi/webapitest"
	"s1bot/render"
)

// handles are the user groups of a workspace.
type handles map[string]string

func (h handles) Group(_ context.Context, handle string) (string, bool) {
	id, ok := h[handle]
	return id, ok
}

// heard is what operators hear.
type heard []string

func (h *heard) Tell(_ context.Context, topic, _ string)   { *h = append(*h, "trouble: "+topic) }
func (h *heard) Settle(_ context.Context, topic, _ string) { *h = append(*h, "well: "+topic) }

func channelsOf(s *webapitest.Slack) *Channels {
	api := s.API()
	return &Channels{
		Finder:    Finder{API: api, Self: func() (string, string) { return "U0BOT", "B0BOT" }},
		Messenger: &post.Messenger{API: api, Console: "https://console.test", Log: slog.New(slog.DiscardHandler)},
		Groups:    handles{"oncall": "S0ONCALL"},
		Operators: &heard{},
	}
}

func words(text string) render.Card {
	return render.Card{Title: text, Text: text, Parts: []render.Part{render.Line{render.Text(text)}}}
}

// What is posted carries its key, stands in its thread, and shows no preview of what an attacker's text links to.
func TestAPostCarriesItsKeyAndItsThread(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	c := channelsOf(s)
	ts, err := c.Post(t.Context(), "C1", "5.5", "threat-7", words("new threat"))
	require.NoError(t, err)
	require.NotEmpty(t, ts)
	_, err = c.Broadcast(t.Context(), "C1", "5.5", "threat-8", words("more"))
	require.NoError(t, err)
	calls := s.Calls("chat.postMessage")
	require.Equal(t, "C1 5.5", calls[0].Get("channel")+" "+calls[0].Get("thread_ts"))
	require.Contains(t, calls[0].Get("metadata"), `"key":"threat-7"`)
	require.Contains(t, calls[0].Get("metadata"), post.MetadataType)
	require.Equal(t, "false false", calls[0].Get("unfurl_links")+" "+calls[0].Get("unfurl_media"))
	require.Empty(t, calls[0].Get("reply_broadcast"))
	require.Equal(t, "true", calls[1].Get("reply_broadcast"))
}

// The caller has a journal and a pace of its own: a call is made once, and what became of it is said.
func TestEachCallIsMadeOnceAndSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	for method, call := range map[string]func(*Channels) error{
		"chat.postMessage": func(c *Channels) error { _, err := c.Post(t.Context(), "C1", "", "k", words("x")); return err },
		"chat.update":      func(c *Channels) error { return c.Edit(t.Context(), "C1", "1.1", words("x")) },
		"chat.delete":      func(c *Channels) error { return c.Delete(t.Context(), "C1", "1.1") },
		"files.getUploadURLExternal": func(c *Channels) error {
			return c.Attach(t.Context(), "C1", "1.1", render.File{Name: "a.csv", Body: []byte("a")})
		},
	} {
		s := webapitest.New()
		s.On(method, webapitest.Slow(30))
		err := call(channelsOf(s))
		var known Failure
		require.ErrorAs(t, err, &known, method)
		wait, slow := known.RetryAfter()
		require.True(t, slow, method)
		require.Equal(t, 30*time.Second, wait, method)
		require.Len(t, s.Calls(method), 1, method)
		require.Contains(t, err.Error(), "C1", method)

		s.On(method, webapitest.Broken)
		require.Equal(t, "open", learned(call(channelsOf(s))), "%s: nobody knows whether Slack did it", method)
		s.On(method)
		require.NoError(t, call(channelsOf(s)), method)
	}
}

// Routes mention user groups by their handles; Slack notifies them by their ids only. One that is not there is words, and never a mention.
func TestAHandleBecomesItsGroupOrWords(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	card := render.Card{Title: "x", Parts: []render.Part{render.Line{render.Text("for "), render.Group("@oncall"), render.Group("@nobody")}, render.Note{render.Text("small")}}}
	c := channelsOf(s)
	_, err := c.Post(t.Context(), "C1", "", "k", card)
	require.NoError(t, err)
	require.Equal(t, &heard{"well: mention @oncall", "trouble: mention @nobody"}, c.Operators, "nobody else notices that nobody was called")
	blocks := s.Calls("chat.postMessage")[0].Blocks()
	require.Contains(t, blocks, `"usergroup_id":"S0ONCALL"`)
	require.Contains(t, blocks, "@nobody")
	require.Equal(t, 1, strings.Count(blocks, `"usergroup_id"`))
	require.Equal(t, render.Group("@oncall"), card.Parts[0].(render.Line)[1], "the caller's card is as it was")
}

// page is a page of messages: ts, then who wrote it, then its key.
func page(next string, messages ...[3]string) webapitest.Answer {
	var rows []string
	for _, m := range messages {
		who := `"user":"` + m[1] + `"`
		if strings.HasPrefix(m[1], "B") {
			who = `"bot_id":"` + m[1] + `"`
		}
		rows = append(rows, fmt.Sprintf(`{"ts":%q,%s,"files":[{"name":%q}],"metadata":{"event_type":%q,"event_payload":{"key":%q}}}`, m[0], who, m[2]+".csv", post.MetadataType, m[2]))
	}
	return webapitest.OK(fmt.Sprintf(`{"ok":true,"messages":[%s],"response_metadata":{"next_cursor":%q}}`, strings.Join(rows, ","), next))
}

// Anybody can write our metadata: what somebody else wrote is not ours, whatever key it carries.
func TestOnlyOurOwnMessagesAreFound(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("conversations.history", page("more", [3]string{"9.9", "U0BOT", "k"}, [3]string{"8.8", "UMALLORY", "k"}), page("", [3]string{"7.7", "B0BOT", "k"}, [3]string{"6.6", "B0OTHER", "k"}, [3]string{"5.5", "U0BOT", "other"}))
	since := time.Unix(1_764_000_000, 0)
	found, err := channelsOf(s).Find(t.Context(), "C1", "", "k", since)
	require.NoError(t, err)
	require.Equal(t, []string{"7.7", "9.9"}, found, "oldest first, from all pages")
	calls := s.Calls("conversations.history")
	require.Equal(t, "1763999940", calls[0].Get("oldest"), "a minute of grace for the clocks")
	require.Equal(t, "more", calls[1].Get("cursor"))
	require.Equal(t, "1", calls[0].Get("include_all_metadata"))
}

func TestAThreadIsSearchedByItsReplies(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("conversations.replies", page("", [3]string{"9.9", "U0BOT", "k"}, [3]string{"9.8", "UMALLORY", "theirs"}))
	c := channelsOf(s)
	found, err := c.Find(t.Context(), "C1", "5.5", "k", time.Now())
	require.NoError(t, err)
	require.Equal(t, []string{"9.9"}, found)
	require.Equal(t, "5.5", s.Calls("conversations.replies")[0].Get("ts"))
	there, err := c.Attached(t.Context(), "C1", "5.5", "k.csv")
	require.NoError(t, err)
	require.True(t, there)
	for _, name := range []string{"other.csv", "theirs.csv"} {
		there, err = c.Attached(t.Context(), "C1", "5.5", name)
		require.NoError(t, err)
		require.False(t, there, name)
	}
}

// A search that cannot be made finds nothing, which is not the same as that nothing is there.
func TestASearchThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("conversations.history", webapitest.No("not_in_channel"))
	s.On("conversations.replies", webapitest.Status(http.StatusBadGateway))
	c := channelsOf(s)
	_, err := c.Find(t.Context(), "C1", "", "k", time.Now())
	require.Equal(t, "closed", learned(err))
	_, err = c.Attached(t.Context(), "C1", "5.5", "a.csv")
	require.Error(t, err)
	require.Equal(t, "open", learned(err))
}

// A channel whose history has no end is given up, and said so.
func TestASearchHasAnEnd(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	turns := 0
	s.On("conversations.history", func(c webapitest.Call) (int, http.Header, string, error) {
		turns++
		return page(fmt.Sprint("page", turns))(c)
	})
	_, err := channelsOf(s).Find(t.Context(), "C1", "", "k", time.Now())
	require.ErrorContains(t, err, "more than 50 pages")
	require.Equal(t, maxPages, turns)
	turns = 0
	s.On("conversations.history", page("same"))
	_, err = channelsOf(s).Find(t.Context(), "C1", "", "k", time.Now())
	require.NoError(t, err, "a cursor that comes again is the end")
}

func TestAFailureKeepsItsCause(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("chat.update", webapitest.No("edit_window_closed"))
	err := channelsOf(s).Edit(t.Context(), "C1", "1.1", words("x"))
	require.Equal(t, "fixed", learned(err))
	require.True(t, post.RefusedWith(errors.Unwrap(err), "edit_window_closed"))
}
