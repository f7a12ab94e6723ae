package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/blockkit"
	"s1bot/s1/s1sim"
)

// A mix is two consoles with the same endpoints and a threat of the same id each, and a person who reaches them by every way there is.
type mix struct {
	*story
	sims  map[string]*s1sim.Console
	cards map[string]slacksim.Message // of the threat, in a channel that is nobody's
	want  map[string]int              // changes that were meant for each console
	told  map[string]bool             // answers that were acted upon, by ts
	step  int
	dice  *rand.Rand
}

const twinThreat = "1900000000000000078"

func newMix(t *testing.T) *mix {
	s, emea, us := twoConsoles(t)
	m := &mix{story: s, sims: map[string]*s1sim.Console{"emea": emea, "us": us}, cards: map[string]slacksim.Message{}, want: map[string]int{}, told: map[string]bool{}, dice: rand.New(rand.NewPCG(13, 5))}
	for name, c := range m.sims {
		_, err := c.WaitCalls(s.patient(), 2, s1sim.Match{Method: "GET", PathPrefix: "/threats"})
		require.NoError(t, err)
		c.AddThreat(s1sim.ThreatSpec{ID: twinThreat, Name: name + ".exe", Agent: "TWIN-1"})
		m.cards[name] = s.sees("#threats", name+".exe")
	}
	return m
}

// own is the channel in which a console is the default, and other the one of the other console.
func own(console string) string   { return map[string]string{"emea": "#soc", "us": "#alerts"}[console] }
func other(console string) string { return map[string]string{"emea": "#alerts", "us": "#soc"}[console] }

// host is one of the endpoints that both have; ticket tells this step from all others.
func (m *mix) host() string   { return fmt.Sprintf("TWIN-%d", 1+m.step%4) }
func (m *mix) ticket() string { return fmt.Sprintf("T-%d", m.step) }

// ways are the ways to a change of one console: each makes one.
func (m *mix) ways() map[string]func(on string) {
	scan := func(more string) string { return "scan " + m.host() + " ticket=" + m.ticket() + more }
	return map[string]func(on string){
		"named, in the other's channel": func(on string) { m.types("alice", other(on), "/s1 "+scan(" console="+on)) },
		"the channel's":                 func(on string) { m.types("alice", own(on), "/s1 "+scan("")) },
		"asked for": func(on string) {
			m.types("alice", "#random", "/s1 "+scan(""))
			m.clicks("alice", m.hears("Which console"), on)
		},
		"a menu of a card": func(on string) {
			verdicts := []string{"True Positive", "False Positive", "Suspicious"}
			require.NoError(m.t, m.slack.User("alice").Selects(m.cards[on], "Verdict", verdicts[m.step%3]))
		},
		"a thread": func(on string) {
			require.NoError(m.t, m.slack.User("alice").TypesInThread(m.cards[on], "<@"+m.slack.BotUserID()+"> "+scan("")))
		},
		"the global shortcut": func(on string) {
			m.slack.User("alice").Shortcut("Run SentinelOne command")
			palette := m.form("alice", "Find a command", "Console")
			options, err := m.slack.User("alice").Suggests(palette, "Command", "initiate scan")
			require.NoError(m.t, err)
			at := slices.IndexFunc(options, func(o blockkit.Option) bool { return o.Group != "Recent" && o.Group != "Saved" }) // a line of hers means its own
			form := m.submits("alice", palette, map[string]any{"Command": options[at].Text, "Console": on}).Updated
			require.NotNil(m.t, form)
			m.fillsHost(*form, on)
		},
		"a shortcut on a message": func(on string) {
			require.NoError(m.t, m.slack.User("alice").TypesInThread(m.cards[on], m.ticket()+" checked with the user"))
			said := m.slack.User("alice").Sees("#threats")
			at := slices.IndexFunc(said, func(s slacksim.Message) bool { return strings.HasPrefix(s.PlainText(), m.ticket()+" ") })
			require.NotEqual(m.t, -1, at)
			require.NoError(m.t, m.slack.User("alice").ShortcutOn(said[at], "Add to threat notes"))
			m.submits("alice", m.form("alice", m.ticket()+" checked"), nil)
		},
		"a look-up": func(on string) {
			view := m.looksUp("alice", m.says("alice", own(on), m.ticket()+" "+m.host()+" again"), m.host(), "endpoint")
			m.clicks("alice", view, "Disconnect host")
			m.approves(m.form("alice", "Disconnect Agent", "Console: "+on), on)
		},
		"a saved command": func(on string) {
			name := fmt.Sprintf("mine%d", m.step)
			m.types("alice", own(on), "/s1 save "+name+" = "+scan(" console="+on))
			m.isTold("alice", "Saved", name)
			m.types("alice", other(on), "/s1 "+name)
		},
		"run again from the history": func(on string) {
			m.types("alice", own(on), "/s1 "+scan(""))
			m.acted("the command before", on)
			m.types("alice", other(on), "/s1 history")
			m.clicks("alice", m.hears("Your recent commands"), "Run again") // the newest
		},
		"plain words in the direct message": func(on string) {
			m.types("alice", "@s1bot", "please isolate "+m.host()+" because "+m.ticket())
			m.clicks("alice", m.reads("Which console"), on)
			m.approves(m.form("alice", "Disconnect Agent", "Console: "+on), on)
		},
	}
}

// hears waits for an answer of that kind to which Alice has not reacted yet.
func (m *mix) hears(words string) slacksim.Message {
	m.t.Helper()
	answer, err := m.slack.WaitEphemeral(m.patient(), "alice", func(a slacksim.Message) bool { return !m.told[a.TS] && strings.Contains(a.PlainText(), words) })
	require.NoError(m.t, err)
	m.told[answer.TS] = true
	return answer
}

// reads is hears for what the bot writes to her.
func (m *mix) reads(words string) slacksim.Message {
	m.t.Helper()
	bot := m.slack.BotUserID()
	written, err := m.slack.WaitMessage(m.patient(), "@alice", func(a slacksim.Message) bool {
		return !m.told[a.TS] && a.User == bot && strings.Contains(a.PlainText(), words)
	})
	require.NoError(m.t, err)
	m.told[written.TS] = true
	return written
}

// fillsHost picks the endpoint in a form's search box and sends it.
func (m *mix) fillsHost(form slacksim.View, on string) {
	m.t.Helper()
	require.Contains(m.t, form.PlainText(), "Console: "+on)
	options, err := m.slack.User("alice").Suggests(form, "agent-ids", m.host())
	require.NoError(m.t, err)
	require.NotEmpty(m.t, options)
	m.submits("alice", form, map[string]any{"agent-ids": options[0].Text})
}

// approves sends a form that asks why, and has Bob approve what it asks for.
func (m *mix) approves(form slacksim.View, on string) {
	m.t.Helper()
	m.submits("alice", form, map[string]any{"Reason": m.ticket()})
	card := m.sees("#approvals", "Approval needed", m.ticket(), "Console "+on)
	m.clicks("bob", card, "Approve")
	m.becomes(card, "Successful")
}

// acted waits for one more change of a console, and wants none of the other.
func (m *mix) acted(way, on string) {
	m.t.Helper()
	m.want[on]++
	for deadline := time.Now().Add(patience); len(m.sims[on].Changes()) < m.want[on] && time.Now().Before(deadline); {
		_, _ = m.sims[on].WaitCalls(m.patient(), m.want[on], s1sim.Match{Method: "POST"})
	}
	require.Equal(m.t, []int{m.want["emea"], m.want["us"]}, changed(m.sims["emea"], m.sims["us"]), "%s, step %d on %s", way, m.step, on)
}

// However buttons, threads, channels, shortcuts, saved and old commands and names are mixed, and whatever is forged: what was meant for one
// console never reaches the other.
func TestNothingReachesTheWrongConsole(t *testing.T) {
	t.Parallel()
	m := newMix(t)
	ways := m.ways()
	var deeds [][2]string
	for _, way := range slices.Sorted(func(yield func(string) bool) {
		for way := range ways {
			if !yield(way) {
				return
			}
		}
	}) {
		deeds = append(deeds, [2]string{way, "emea"}, [2]string{way, "us"})
	}
	m.dice.Shuffle(len(deeds), func(i, j int) { deeds[i], deeds[j] = deeds[j], deeds[i] })
	for i, deed := range deeds {
		m.step = i
		ways[deed[0]](deed[1])
		m.acted(deed[0], deed[1])
	}
	for name, card := range m.cards {
		m.clicks("alice", card, "Case file")
		m.sees("#threats", "Case file", name+".exe")
	}
	forged := m.forges("TWIN")
	for _, kind := range []string{"block_actions", "view_submission", "block_suggestion"} {
		require.NotZero(m.t, forged[kind], "nothing of kind %s was forged: %v", kind, forged)
	}
	require.Equal(m.t, []int{m.want["emea"], m.want["us"]}, changed(m.sims["emea"], m.sims["us"]), "what is not as it was drawn does nothing")
}

// Long work goes on at its console after a restart, and what its card offers acts there.
func TestAJobKeepsItsConsoleOverARestart(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	us.SetQueryTime(time.Hour)
	s.types("alice", "#random", `/s1 query since=-1d until=now console=us query=AgentName = "TWIN-1"`)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.stop()
	s.start()
	us.SetQueryTime(0)
	done := s.becomes(message, "Successful", "TWIN-1")
	require.Empty(t, emea.Queries())
	s.clicks("alice", done, "Isolate TWIN-1")
	s.submits("alice", s.form("alice", "Disconnect Agent", "Console: us"), map[string]any{"Reason": "seen in a hunt"})
	card := s.sees("#approvals", "Approval needed", "TWIN-1", "Console us")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.NotZero(t, s.forges("TWIN")["block_actions"])
	require.Equal(t, []int{0, 2}, changed(emea, us), "the start of the query, and the isolation")
}

// forges sends what was sent once more, with the consoles swapped and left out wherever they stand: in buttons, menus, the metadata of forms
// and search boxes, which must offer nothing with that word. It counts what it sent, by kind.
func (s *story) forges(secret string) map[string]int {
	s.t.Helper()
	swap := strings.NewReplacer(`\"k\":\"emea\"`, `\"k\":\"us\"`, `\"k\":\"us\"`, `\"k\":\"emea\"`)
	gone := strings.NewReplacer(`,\"k\":\"emea\"`, ``, `,\"k\":\"us\"`, ``)
	forgeries := map[string]int{}
	for _, sent := range s.slack.Sent() {
		for _, forged := range []string{swap.Replace(string(sent.Payload)), gone.Replace(string(sent.Payload))} {
			if bytes.Equal([]byte(forged), sent.Payload) {
				continue
			}
			require.True(s.t, json.Valid([]byte(forged)))
			again := sent
			again.Payload = json.RawMessage(forged)
			answer, err := s.slack.Forge(again)
			require.NoError(s.t, err)
			forgeries[sent.Label]++
			if sent.Label == "block_suggestion" {
				require.NotContains(s.t, string(answer), secret, "a search box of the other console")
			}
		}
	}
	s.settled()
	return forgeries
}
