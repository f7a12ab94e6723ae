package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A locksmith stands before both services and changes their tokens: each takes those that are valid at the moment, whatever its own is.
type locksmith struct {
	mu    sync.Mutex
	valid map[string]string // a token that is shown, and the service's own
	shown map[string]int    // how often each was
	polls map[string]string // the token that each feed showed last, by its path
}

// behind translates tokens on their way in; what is not valid is no token of the service's.
func (l *locksmith) behind(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/web/") || strings.HasPrefix(r.URL.Path, "/api/") {
			body, _ := io.ReadAll(r.Body)
			form := r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" || strings.HasSuffix(r.URL.Path, "/api-token-details")
			l.noticePoll(r)
			r.Header.Set("Authorization", l.translate(r.Header.Get("Authorization")))
			if form {
				body = []byte(l.translate(string(body)))
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		next.ServeHTTP(w, r)
	})
}

func (l *locksmith) translate(text string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, token := range []string{"xapp-old", "xapp-new", "xoxb-old", "xoxb-new", "console-old", "console-new"} {
		if strings.Contains(text, token) {
			l.shown[token]++
			own, ok := l.valid[token]
			if !ok {
				own = "revoked"
			}
			return strings.ReplaceAll(text, token, own)
		}
	}
	return text
}

// noticePoll notes who a feed says it is.
func (l *locksmith) noticePoll(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, feed := range []string{"/threats", "/cloud-detection/alerts", "/unifiedalerts/graphql"} {
		if strings.HasSuffix(r.URL.Path, feed) {
			l.polls[feed] = r.Header.Get("Authorization")
		}
	}
}

// allPollWith tells whether every feed shows a token: what it asked before with another one has ended then.
func (l *locksmith) allPollWith(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, shown := range l.polls {
		if !strings.Contains(shown, token) {
			return false
		}
	}
	return len(l.polls) > 0
}

// accept lets these tokens be valid, and no others.
func (l *locksmith) accept(ages ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.valid, l.shown = map[string]string{}, map[string]int{}
	for _, age := range ages {
		l.valid["xapp-"+age], l.valid["xoxb-"+age], l.valid["console-"+age] = slacksim.AppToken, slacksim.BotToken, s1sim.Token
	}
}

func (l *locksmith) uses(token string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown[token]
}

// rotating is a story whose tokens stand in files; write changes them.
func rotating(t *testing.T) (s *story, locks *locksmith, write func(app, bot, console string)) {
	t.Helper()
	dir := t.TempDir()
	write = func(app, bot, console string) {
		for name, token := range map[string]string{"app": app, "bot": bot, "console": console} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(token+"\n"), 0o600))
		}
	}
	write("xapp-old", "xoxb-old", "console-old")
	locks = &locksmith{polls: map[string]string{}}
	locks.accept("old")
	s = simulate(t, locks.behind)
	for name, file := range map[string]string{"SLACK_APP_TOKEN": "app", "SLACK_BOT_TOKEN": "bot", "S1_API_TOKEN": "console"} {
		delete(s.environ, name)
		s.environ[name+"_FILE"] = filepath.Join(dir, file)
	}
	c, err := readConfig(s.environ)
	require.NoError(t, err)
	s.config = c
	s.start()
	t.Cleanup(func() { s.stop() })
	return s, locks, write
}

func TestTokensAreChangedWithoutARestart(t *testing.T) {
	t.Parallel()
	s, locks, write := rotating(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")

	locks.accept("old", "new")
	write("xapp-new", "xoxb-new", "console-new")
	require.NoError(t, s.program.reload(t.Context()))
	require.Eventually(t, func() bool { return locks.allPollWith("console-new") }, patience, 10*time.Millisecond, "what was under way at the change has ended")
	locks.accept("new") // whoever still shows an old one is turned away

	s.types("bob", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("bob", "DESKTOP-1", "Paris")
	require.Positive(t, locks.uses("console-new"))
	require.Positive(t, locks.uses("xoxb-new"))
	s.slack.DropSockets()
	require.NoError(t, s.slack.WaitSockets(s.patient(), s.config.Sockets))
	require.Positive(t, locks.uses("xapp-new"), "the next sockets are opened with the new token")

	s.clicks("bob", card, "Approve") // drawn before the change
	s.changes(1)
	for _, old := range []string{"xapp-old", "xoxb-old", "console-old"} {
		require.Zero(t, locks.uses(old), old)
	}
}

// Whoever sends the signal before the new tokens work, or with one of three mistyped, breaks nothing.
func TestNewTokensAreTakenTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	s, locks, write := rotating(t)
	for name, c := range map[string]struct{ app, bot, console, want string }{
		"the console does not know its own": {"xapp-old", "xoxb-old", "console-new", "try the new console token"},
		"Slack does not know the bot's":     {"xapp-old", "xoxb-new", "console-old", "try the new Slack tokens: the bot token: invalid_auth"},
		"Slack does not know the app's":     {"xapp-new", "xoxb-old", "console-old", "try the new Slack tokens: the app token: invalid_auth"},
		"one is no token at all":            {"xapp-old", "xapp-old", "console-old", "SLACK_BOT_TOKEN: starts with xoxb-"},
	} {
		write(c.app, c.bot, c.console)
		require.ErrorContains(t, s.program.reload(t.Context()), c.want, name)
	}
	locks.accept("old")
	s.types("alice", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Paris")
	require.Positive(t, locks.uses("console-old"))
	require.Zero(t, locks.uses("console-new"))
}

func TestWhatTakesARestartIsNotReloaded(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte(newSealKey()), 0o600))
	s := tell(t, func(settings map[string]string) { settings["S1BOT_SECRET_KEY_FILE"] = key })
	require.NoError(t, s.program.reload(t.Context()))
	require.NoError(t, os.WriteFile(key, []byte(newSealKey()), 0o600))
	require.ErrorContains(t, s.program.reload(t.Context()), "takes a restart")
}
