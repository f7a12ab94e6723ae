package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// Two consoles with the same endpoints: equal names, equal ids. #soc is emea's, #alerts is us's, #random is nobody's.
func twoConsoles(t *testing.T, options ...func(map[string]string)) (s *story, emea, us *s1sim.Console) {
	t.Helper()
	s = simulate(t, func(h http.Handler) http.Handler { return h })
	emea, us = s.console, s1sim.New(s1sim.Options{Empty: true})
	for i := range 4 {
		twin := s1sim.AgentSpec{ID: fmt.Sprintf("190000000000000000%d", i+1), Name: fmt.Sprintf("TWIN-%d", i+1)}
		require.Equal(t, emea.AddAgent(twin), us.AddAgent(twin))
	}
	server := httptest.NewServer(us)
	t.Cleanup(server.Close)
	t.Cleanup(us.Heal)
	s.listConsoles(map[string]string{"emea": s.environ["S1_URL"], "us": server.URL}, map[string]string{"emea": "#soc", "us": "#alerts"})
	for _, option := range options {
		option(s.environ)
	}
	c, err := readConfig(maps.Clone(s.environ))
	require.NoError(t, err)
	c.unpaced = true
	s.config = c
	s.start()
	t.Cleanup(func() { s.stop() })
	return s, emea, us
}

// listConsoles writes a policy file with consoles, by name, and the channel of each.
func (s *story) listConsoles(addresses, channels map[string]string) {
	s.t.Helper()
	delete(s.environ, "S1_URL")
	delete(s.environ, "S1_API_TOKEN")
	dir := s.t.TempDir()
	token := filepath.Join(dir, "token")
	require.NoError(s.t, os.WriteFile(token, []byte(s1sim.Token+"\n"), 0o600))
	var file strings.Builder
	file.WriteString("consoles:\n")
	for _, name := range []string{"emea", "us"} {
		if addresses[name] != "" {
			fmt.Fprintf(&file, "- {name: %s, url: %q, token_file: %q, channels: [%s]}\n", name, addresses[name], token, s.slack.ChannelID(channels[name]))
		}
	}
	s.environ["S1BOT_POLICY_FILE"] = filepath.Join(dir, "policy.yaml")
	require.NoError(s.t, os.WriteFile(s.environ["S1BOT_POLICY_FILE"], []byte(file.String()), 0o600))
}

// changed are how many changes each console was sent.
func changed(consoles ...*s1sim.Console) (n []int) {
	for _, c := range consoles {
		n = append(n, len(c.Changes()))
	}
	return n
}

func TestEachOfTwoConsolesGetsWhatIsMeantForIt(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	s.types("alice", "#soc", "/s1 isolate TWIN-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "TWIN-1", "Console emea")
	require.Zero(t, len(emea.Changes())+len(us.Changes()))
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Equal(t, []int{1, 0}, changed(emea, us), "the channel's")

	s.types("alice", "#soc", "/s1 isolate TWIN-2 reason=test console=us")
	card = s.sees("#approvals", "Approval needed", "TWIN-2", "Console us")
	s.clicks("bob", card, "Approve")
	done := s.becomes(card, "Successful")
	require.Equal(t, []int{1, 1}, changed(emea, us), "the one that was named")
	s.clicks("alice", done, "Reconnect")
	s.submits("alice", s.form("alice", "Connect Agent", "Console: us"), map[string]any{"Reason": "clean"})
	card = s.sees("#approvals", "Approval needed", "Connect Agent", "Console us")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Equal(t, []int{1, 2}, changed(emea, us), "what undoes it acts where it was done")

	s.types("alice", "#random", "/s1 scan TWIN-3")
	choice := s.isTold("alice", "Which console is this for?")
	require.Equal(t, []int{1, 2}, changed(emea, us), "nothing is guessed")
	s.clicks("alice", choice, "emea")
	s.isTold("alice", "TWIN-3", "Console emea")
	require.Equal(t, []int{2, 2}, changed(emea, us))
	s.types("alice", "#random", "/s1 scan TWIN-3 console=su")
	s.isTold("alice", "There is no console", "us")
	s.types("alice", "#random", "/s1 help scan")
	s.isTold("alice", "which console it is for: emea, us")
	require.Equal(t, []int{2, 2}, changed(emea, us))
}

// The buttons of a card act where the thing is, whatever channel the card stands in, and so do words in its thread.
func TestACardActsOnItsOwnConsole(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	for _, c := range []*s1sim.Console{emea, us} {
		_, err := c.WaitCalls(s.patient(), 2, s1sim.Match{Method: "GET", PathPrefix: "/threats"})
		require.NoError(t, err)
	}
	first := emea.AddThreat(s1sim.ThreatSpec{ID: "1900000000000000077", Name: "paris.exe", Agent: "TWIN-1", Storyline: "story-1"})
	second := us.AddThreat(s1sim.ThreatSpec{ID: "1900000000000000077", Name: "texas.exe", Agent: "TWIN-1", Storyline: "story-1"})
	require.Equal(t, first, second, "equal ids")
	paris, texas := s.sees("#threats", "paris.exe", "Console emea"), s.sees("#threats", "texas.exe", "Console us")
	require.Empty(t, texas.ThreadTS+paris.ThreadTS)
	require.NoError(t, s.slack.User("alice").Selects(texas, "Verdict", "True Positive"))
	_, err := us.WaitCalls(s.patient(), 1, s1sim.Match{Method: "POST"})
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, changed(emea, us))
	require.NoError(t, s.slack.User("alice").TypesInThread(paris, "<@"+s.slack.BotUserID()+"> note seen"))
	s.repliedTo(paris, "Requested by", "Add Notes")
	require.Equal(t, []int{1, 1}, changed(emea, us))
	require.Len(t, emea.Notes(first), 1)
	require.NoError(t, s.slack.User("alice").TypesInThread(texas, "<@"+s.slack.BotUserID()+"> scan TWIN-4"))
	_, err = us.WaitCalls(s.patient(), 2, s1sim.Match{Method: "POST"})
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, changed(emea, us), "a thread's own")

	s.clicks("alice", texas, "Case file")
	s.sees("#threats", "Case file", "texas.exe")
	s.types("alice", "#soc", "/s1 case "+first)
	s.sees("#soc", "Case file", "paris.exe", "Requests 1")
	s.types("alice", "#soc", "/s1 case "+first+" console=us")
	s.sees("#soc", "Case file", "texas.exe", "Requests 1")
}

// A console that never answers takes nothing from the other, however many people wait for it: no slot, no answer, no decision, no news.
func TestADeadConsoleSlowsNoOther(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	_, err := emea.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/threats"})
	require.NoError(t, err)
	s.types("alice", "#soc", "/s1 isolate TWIN-2 reason=test")
	request := s.sees("#approvals", "Approval needed", "Console emea")
	us.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	crowd := []string{"alice", "bob"}
	for i := range 65 {
		crowd = append(crowd, fmt.Sprint("analyst", i))
		s.slack.AddUser(slacksim.User{Name: crowd[len(crowd)-1]})
	}
	for _, who := range crowd {
		for range 4 {
			s.types(who, "#alerts", "/s1 get-system-info") // they hang
		}
	}
	require.Eventually(t, func() bool { return s.program.bot.QueueDepth()["commands"] >= 12 }, patience, time.Millisecond, "four of each, more than there are slots")
	s.clicks("bob", request, "Approve")
	s.becomes(request, "Successful")
	emea.AddThreat(s1sim.ThreatSpec{Name: "paris.exe", Agent: "TWIN-1"})
	s.sees("#threats", "paris.exe")
	s.types("alice", "#soc", "/s1 list-agents TWIN-1")
	s.isTold("alice", "TWIN-1", "Console emea")
	s.types("alice", "#soc", "/s1 scan TWIN-1")
	s.isTold("alice", "Initiate Scan", "TWIN-1")
	require.Equal(t, []int{2, 0}, changed(emea, us))
	require.NotZero(t, s.program.bot.QueueDepth()["commands"], "the others still hang")
	us.Heal() // that nothing is left to wait for
}

// What has no words to name a console by asks for it, or looks at all: the palette, and the look-up of a message.
func TestPaletteAndLookUpKnowEachConsole(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	pick := func(who, channel string, fields map[string]any) slacksim.SubmitResult {
		s.types(who, channel, "/s1")
		palette := s.form(who, "Find a command", "Console")
		options, err := s.slack.User(who).Suggests(palette, "Command", "initiate scan")
		require.NoError(t, err)
		fields["Command"] = options[0].Text
		return s.submits(who, palette, fields)
	}
	require.NotEmpty(t, pick("bob", "#random", map[string]any{}).Errors, "it is not guessed")
	form := pick("alice", "#random", map[string]any{"Console": "us"}).Updated
	require.NotNil(t, form)
	require.Contains(t, form.PlainText(), "Console: us")
	options, err := s.slack.User("alice").Suggests(*form, "agent-ids", "TWIN-1")
	require.NoError(t, err)
	require.NotEmpty(t, options)
	s.submits("alice", *form, map[string]any{"agent-ids": options[0].Text})
	s.isTold("alice", "TWIN-1", "Console us")
	require.Equal(t, []int{0, 1}, changed(emea, us))
	require.Contains(t, pick("carol", "#soc", map[string]any{}).Updated.PlainText(), "Console: emea", "the channel's is chosen already")

	us.AddThreat(s1sim.ThreatSpec{ID: "1900000000000000079", Name: "texas.exe", Agent: "TWIN-1"})
	view := s.looksUp("alice", s.says("bob", "#random", "1900000000000000079 again"), "emea", "us", "texas.exe")
	require.Equal(t, 1, strings.Count(view.PlainText(), "texas.exe"))
	s.looksUp("alice", s.says("bob", "#soc", "1900000000000000079 is new"), "1900000000000000079")
}

// Home shows both consoles apart, and its buttons act where they say.
func TestHomeShowsEachConsole(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	us.AddThreat(s1sim.ThreatSpec{Name: "texas.exe", Agent: "TWIN-1", Confidence: "malicious"})
	us.SetAgent("TWIN-3", func(a map[string]any) { a["networkStatus"] = "disconnected" })
	s.slack.User("alice").OpensHome()
	tab := s.home("alice", "🟢 emea · 🟢 us", "Open threats and alerts in emea", "Threats 0", "Open threats and alerts in us", "Threats 1", "Isolated now (1)", "TWIN-3", "· us")
	s.clicks("alice", tab, "Reconnect")
	s.submits("alice", s.form("alice", "Connect Agent", "Console: us"), map[string]any{"Reason": "clean"})
	card := s.sees("#approvals", "Approval needed", "TWIN-3", "Console us")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.NotZero(t, s.forges("TWIN")["block_actions"])
	require.Equal(t, []int{0, 1}, changed(emea, us))
}

// What is about a console that is not configured any more does nothing, and says so.
func TestACardOfAConsoleThatIsGoneDoesNothing(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	s.types("alice", "#alerts", "/s1 isolate TWIN-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "Console us")
	s.types("alice", "#alerts", "/s1 get-agent-info TWIN-2")
	info := s.isTold("alice", "TWIN-2", "Console us")
	s.stop()
	s.environ["S1_URL"] = s.config.policyFileConsole(t, "emea")
	s.listConsoles(map[string]string{"emea": s.environ["S1_URL"]}, map[string]string{"emea": "#soc"})
	c, err := readConfig(maps.Clone(s.environ))
	require.NoError(t, err)
	s.config = c
	s.start()
	s.clicks("alice", info, "Scan")
	s.isTold("alice", `"us"`, "no longer configured")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "no longer configured")
	require.Equal(t, []int{0, 0}, changed(emea, us))
}

// policyFileConsole is the address of a console as the policy file has it.
func (c config) policyFileConsole(t *testing.T, name string) string {
	t.Helper()
	file, err := c.policyFile()
	require.NoError(t, err)
	for _, one := range file.Consoles {
		if one.Name == name {
			return one.URL
		}
	}
	return ""
}
