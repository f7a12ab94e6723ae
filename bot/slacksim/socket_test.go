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
)

func TestASocketOpensWithTheAppTokenInTheHeader(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	equal(t, s.fails("apps.connections.open"), "not_allowed_token_type")
	for token, want := range map[string]string{"xapp-wrong": "invalid_auth", slacksim.AppToken: ""} {
		r, err := http.NewRequest(http.MethodPost, s.server.URL+"/api/apps.connections.open", nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		_, out := s.do(r)
		got, _ := out["error"].(string)
		equal(t, got, want)
	}
	r, err := http.NewRequest(http.MethodPost, s.server.URL+"/api/apps.connections.open?token="+slacksim.AppToken, nil)
	must(t, err)
	_, out := s.do(r)
	equal(t, out["error"], any("not_authed"))
}

func TestATicketIsGoodForOneConnection(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	ticket := s.ticket()
	conn, _, err := websocket.DefaultDialer.Dial(ticket, nil)
	must(t, err)
	defer conn.Close()
	_, answer, err := websocket.DefaultDialer.Dial(ticket, nil)
	if err == nil {
		t.Fatal("the ticket was taken twice")
	}
	equal(t, answer.StatusCode, http.StatusForbidden)
}

func TestEachEnvelopeGoesToExactlyOneSocket(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Seed: 7})
	links := []*link{s.connect(), s.connect(), s.connect()}
	const commands = 30
	for i := range commands {
		must(t, s.User("alice").Types("#soc", fmt.Sprintf("/s1 number %d", i)))
	}
	seen, used := map[string]bool{}, 0
	for len(seen) < commands {
		select {
		case e := <-links[0].frames:
			used |= 1
			seen[e.Payload["text"].(string)] = true
			links[0].ack(e, nil)
		case e := <-links[1].frames:
			used |= 2
			seen[e.Payload["text"].(string)] = true
			links[1].ack(e, nil)
		case e := <-links[2].frames:
			used |= 4
			seen[e.Payload["text"].(string)] = true
			links[2].ack(e, nil)
		}
	}
	must(t, s.Settle(s.ctx))
	equal(t, used, 7)
	equal(t, len(s.Acks()), commands)
	s.noViolations()
}

func TestTheEleventhSocketIsTurnedAway(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	for n := range 10 {
		_, hello := s.dial()
		equal(t, hello.NumConnections, n+1)
	}
	eleventh, frame := s.dial()
	equal(t, frame.Type+" "+frame.Reason, "disconnect too_many_websockets")
	<-eleventh.gone
	equal(t, s.Sockets(), 10)
}

func TestSocketsArePinged(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{PingInterval: 5 * time.Millisecond})
	conn, _, err := websocket.DefaultDialer.Dial(s.ticket(), nil)
	must(t, err)
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
	must(t, conn.Close())
}

func TestAWarnedSocketStillGetsEnvelopesUntilItIsClosed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	old := s.connect()
	s.Disconnect("warning", -1)
	equal(t, old.next().Reason, "warning")
	must(t, s.User("alice").Types("#soc", "/s1 late"))
	equal(t, old.take().Payload["text"], any("late"))
	s.Disconnect("refresh_requested", 0)
	equal(t, old.next().Reason, "refresh_requested")
	<-old.gone
	must(t, s.Settle(s.ctx))
	s.noViolations()
}

func TestASocketIsAskedToRefreshAtTheEndOfItsLife(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{SocketLifetime: 10 * time.Millisecond})
	l := s.connect()
	reasons := []string{l.next().Reason, l.next().Reason}
	equal(t, reasons, []string{"warning", "refresh_requested"})
	<-l.gone
}

func TestDroppedSocketsEndWithoutAWord(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	s.DropSockets()
	<-l.gone
	equal(t, s.Sockets(), 0)
	equal(t, len(l.frames), 0)
}

func TestSlackGoSpeaksWithTheWorkspace(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(s.server.URL+"/api/"), slack.OptionAppLevelToken(slacksim.AppToken))
	client := socketmode.New(api)
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(s.ctx) }()
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
	must(t, s.WaitSockets(s.ctx, 1))
	must(t, s.User("alice").Types("#soc", "/s1 hello"))
	m, err := s.WaitMessage(s.ctx, "#soc", nil)
	must(t, err)
	equal(t, m.PlainText(), "you said hello")
	private, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, private.Text, "private")
	s.noViolations()
}
