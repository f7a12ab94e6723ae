package slacksim_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestASocketOpensWithTheAppTokenInTheHeader(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	simtest.Equal(t, s.Fails("apps.connections.open"), "not_allowed_token_type")
	for token, want := range map[string]string{"xapp-wrong": "invalid_auth", slacksim.AppToken: ""} {
		r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/apps.connections.open", nil)
		simtest.Must(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		_, out := s.Do(r)
		got, _ := out["error"].(string)
		simtest.Equal(t, got, want)
	}
	r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/apps.connections.open?token="+slacksim.AppToken, nil)
	simtest.Must(t, err)
	_, out := s.Do(r)
	simtest.Equal(t, out["error"], any("not_authed"))
}

func TestATicketIsGoodForOneConnection(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	ticket := s.Ticket()
	conn, _, err := websocket.DefaultDialer.Dial(ticket, nil)
	simtest.Must(t, err)
	defer conn.Close()
	_, answer, err := websocket.DefaultDialer.Dial(ticket, nil)
	if err == nil {
		t.Fatal("the ticket was taken twice")
	}
	simtest.Equal(t, answer.StatusCode, http.StatusForbidden)
}

func TestEachEnvelopeGoesToExactlyOneSocket(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Seed: 7})
	links := []*simtest.Link{s.Connect(), s.Connect(), s.Connect()}
	const commands = 30
	for i := range commands {
		simtest.Must(t, s.User("alice").Types("#soc", fmt.Sprintf("/s1 number %d", i)))
	}
	seen, used := map[string]bool{}, 0
	for len(seen) < commands {
		select {
		case e := <-links[0].Frames:
			used |= 1
			seen[e.Payload["text"].(string)] = true
			links[0].Ack(e, nil)
		case e := <-links[1].Frames:
			used |= 2
			seen[e.Payload["text"].(string)] = true
			links[1].Ack(e, nil)
		case e := <-links[2].Frames:
			used |= 4
			seen[e.Payload["text"].(string)] = true
			links[2].Ack(e, nil)
		}
	}
	simtest.Must(t, s.Settle(s.Ctx))
	simtest.Equal(t, used, 7)
	simtest.Equal(t, len(s.Acks()), commands)
	s.NoViolations()
}

func TestTheEleventhSocketIsTurnedAway(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	for n := range 10 {
		_, hello := s.Dial()
		simtest.Equal(t, hello.NumConnections, n+1)
	}
	eleventh, frame := s.Dial()
	simtest.Equal(t, frame.Type+" "+frame.Reason, "disconnect too_many_websockets")
	<-eleventh.Gone
	simtest.Equal(t, s.Sockets(), 10)
}

func TestSocketsArePinged(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{PingInterval: 5 * time.Millisecond})
	conn, _, err := websocket.DefaultDialer.Dial(s.Ticket(), nil)
	simtest.Must(t, err)
	pinged := make(chan struct{}, 100)
	conn.SetPingHandler(func(string) error { pinged <- struct{}{}; return nil })
	go func() {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	}()
	<-pinged
	<-pinged
	simtest.Must(t, conn.Close())
}

func TestAWarnedSocketStillGetsEnvelopesUntilItIsClosed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	old := s.Connect()
	s.Disconnect("warning", -1)
	simtest.Equal(t, old.Next().Reason, "warning")
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 late"))
	simtest.Equal(t, old.Take().Payload["text"], any("late"))
	s.Disconnect("refresh_requested", 0)
	simtest.Equal(t, old.Next().Reason, "refresh_requested")
	<-old.Gone
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
}

func TestASocketIsAskedToRefreshAtTheEndOfItsLife(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{SocketLifetime: 10 * time.Millisecond})
	l := s.Connect()
	reasons := []string{l.Next().Reason, l.Next().Reason}
	simtest.Equal(t, reasons, []string{"warning", "refresh_requested"})
	<-l.Gone
}

func TestDroppedSocketsEndWithoutAWord(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	s.DropSockets()
	<-l.Gone
	simtest.Equal(t, s.Sockets(), 0)
	simtest.Equal(t, len(l.Frames), 0)
}

func TestSlackGoSpeaksWithTheWorkspace(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(s.Server.URL+"/api/"), slack.OptionAppLevelToken(slacksim.AppToken))
	client := socketmode.New(api)
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(s.Ctx) }()
	go func() {
		for e := range client.Events {
			cmd, ok := e.Data.(slack.SlashCommand)
			if e.Type != socketmode.EventTypeSlashCommand || !ok {
				continue
			}
			_ = client.Ack(*e.Request)
			_, _, _ = api.PostMessage(cmd.ChannelID, slack.MsgOptionText("you said "+cmd.Text, false))
			_, _, _ = api.PostMessage("", slack.MsgOptionText("private", false), slack.MsgOptionResponseURL(cmd.ResponseURL, slack.ResponseTypeEphemeral))
		}
	}()
	simtest.Must(t, s.WaitSockets(s.Ctx, 1))
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 hello"))
	m, err := s.WaitMessage(s.Ctx, "#soc", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.PlainText(), "you said hello")
	private, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, private.Text, "private")
	s.NoViolations()
}
