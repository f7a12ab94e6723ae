package notifier_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A model says what must be in Slack in the end; random worlds must agree with it.
func TestRandomWorldsAgreeWithTheModel(t *testing.T) {
	t.Parallel()
	seeds := 3
	if os.Getenv("S1BOT_TEST_FLOOD") != "" { // make flood
		seeds = 48
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { randomWorld(t, rand.New(rand.NewPCG(uint64(seed), 5)), seed) })
	}
}

// A chaos makes random things happen to a world. A thing is a threat, an alert of a rule or an alert of another product; the first two may be
// unified alerts as well, which the console lists sooner or later than the other row, and then they are one thing with one name.
type chaos struct {
	*notifiertest.World
	rand    *rand.Rand
	serial  int
	threats []s1.ThreatID
	unified []unified.ID
	model   map[string]bool // names that must be told; exactly these
}

func randomWorld(t *testing.T, r *rand.Rand, seed int) {
	c := &chaos{World: notifiertest.NewWorld(t), rand: r, model: map[string]bool{}}
	c.Config.Unified = c.Console
	for range 20 {
		c.Console.AddThreat(notifiertest.NewThreat{Name: "history", Age: time.Duration(r.Int64N(int64(48 * time.Hour)))})
	}
	c.Console.PerPage = r.IntN(2) * (1 + r.IntN(6)) // before the start: nobody else is there yet
	c.Start()
	c.Pass(time.Minute)
	for range 60 {
		c.event()
		c.Pass(time.Duration(r.Int64N(int64(2 * time.Minute))))
	}
	notifiertest.SetFaults(c.World, nil)
	c.Stop()
	c.Config.Interval = 30 * time.Minute
	c.Start()
	c.Pass(25 * time.Hour) // what is late has arrived
	c.Stop()
	c.check(fmt.Sprintf("seed %d", seed))
}

func (c *chaos) event() {
	switch c.rand.IntN(10) {
	case 0:
		c.Stop()
		c.Pass(time.Duration(c.rand.Int64N(int64(time.Hour))))
		c.Start()
	case 1:
		notifiertest.SetFaults(c.World, c.noise(c.rand.Float64()*0.4))
	case 2:
		notifiertest.SetFaults(c.World, nil)
	case 3, 4:
		c.edit()
	case 5:
		c.Stop()
		crash(c.World, 1+c.rand.IntN(30), c.rand.IntN(2) == 0, time.Minute)
		c.Start()
	default:
		c.burst()
	}
}

// burst adds things: several with one time stamp, some of them late, some of one storyline.
func (c *chaos) burst() {
	age := time.Duration(c.rand.Int64N(int64(time.Minute)))
	for range 1 + c.rand.IntN(8) {
		c.serial++
		name := fmt.Sprint("thing ", c.serial)
		c.model[name] = true
		switch c.rand.IntN(8) {
		case 0:
			c.addUnified(notifiertest.NewUnified{Name: name, Age: age, Vendor: "Okta"})
		case 1:
			c.addRuleAlert(name, age)
		case 2:
			c.addUnified(notifiertest.NewUnified{Name: name, Age: age, UUID: uuid, Of: string(c.addRuleAlert(name, age))})
		case 3, 4:
			c.addUnified(notifiertest.NewUnified{Name: name, Age: age, UUID: uuid, Of: string(c.addThreat(name, age))})
		case 5: // it has the id of a threat and is on another endpoint: two things
			c.model[name+" elsewhere"] = true
			c.addUnified(notifiertest.NewUnified{Name: name + " elsewhere", Age: age, UUID: otherUUID, Of: string(c.addThreat(name, age))})
		default:
			c.addThreat(name, age)
		}
	}
}

// late is how long the console takes to list a row.
func (c *chaos) late() time.Duration {
	if c.rand.IntN(3) > 0 {
		return 0
	}
	return time.Duration(c.rand.Int64N(int64(20 * time.Hour)))
}

func (c *chaos) addThreat(name string, age time.Duration) s1.ThreatID {
	t := notifiertest.NewThreat{Name: name, Age: age, Late: c.late()}
	if c.rand.IntN(3) == 0 {
		t.Story = fmt.Sprint("story", c.rand.IntN(3))
	}
	id := c.Console.AddThreat(t)
	onEndpoint(c.World, id)
	c.threats = append(c.threats, id)
	return id
}

func (c *chaos) addRuleAlert(name string, age time.Duration) s1.AlertID {
	id := c.Console.AddAlert(name, age, c.late())
	ruleOnEndpoint(c.World, id)
	return id
}

func (c *chaos) addUnified(n notifiertest.NewUnified) {
	n.Late = c.late()
	c.unified = append(c.unified, c.Console.AddUnified(n))
}

// edit has somebody change a verdict.
func (c *chaos) edit() {
	if n := len(c.threats); n > 0 {
		verdict := s1.Verdict(pick(c.rand, s1.Verdict("").Choices()).Value)
		c.Console.Change(c.threats[c.rand.IntN(n)], func(t *s1.Threat) { t.Info.AnalystVerdict = verdict })
	}
	if n := len(c.unified); n > 0 {
		verdict := unified.Verdict(pick(c.rand, unified.Verdict("").Choices()).Value)
		c.Console.ChangeUnified(c.unified[c.rand.IntN(n)], func(a *unified.Alert) { a.Verdict = verdict })
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// noise makes every operation fail now and then, before or after its effect, or with a wish for patience.
func (c *chaos) noise(p float64) notifiertest.Fault {
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(c.rand.Uint64(), 7))
	return func(op string) (error, error) {
		mu.Lock()
		defer mu.Unlock()
		switch roll := dice.Float64(); {
		case roll > p:
			return nil, nil
		case op == "post" && roll < p/3, op == "edit" && roll < p/3:
			return notifiertest.SlowDown(time.Duration(1+dice.IntN(30)) * time.Second), nil
		case roll < p*2/3:
			return notifiertest.ErrLost, nil
		}
		return nil, notifiertest.ErrLost
	}
}

// check compares Slack with the model: each thing is one card, in its thread, and shows what the console has.
func (c *chaos) check(about string) {
	c.T.Helper()
	threats, alerts := c.Slack.In("CTHREATS"), c.Slack.In("CALERTS")
	names := map[string]int{}
	for _, channel := range [][]notifiertest.Message{threats, alerts} {
		for i, m := range channel {
			names[m.Name()]++
			if i > 0 {
				require.GreaterOrEqual(c.T, m.At.Sub(channel[i-1].At), time.Second, about)
			}
		}
	}
	for name := range c.model {
		require.Equal(c.T, 1, names[name], "%s: %s", about, name)
	}
	require.Len(c.T, names, len(c.model), about)
	require.Empty(c.T, notifiertest.Pending(c.World), about)
	c.checkThreats(threats, about)
	for _, row := range c.Console.Unified {
		if m, told := withKey(alerts, string(row.ID)); told {
			c.shows(m, row.Verdict.Label(), row.Verdict == unified.VerdictUndefined, about)
		}
	}
}

// checkThreats compares the cards of threats, and the threads of their storylines, with the console.
func (c *chaos) checkThreats(told []notifiertest.Message, about string) {
	c.T.Helper()
	roots, replies := map[string]string{}, map[string]int{}
	for _, row := range c.Console.Threats {
		m, ok := withKey(told, string(row.ID))
		if !ok {
			continue
		}
		c.shows(m, row.Info.AnalystVerdict.Label(), row.Info.AnalystVerdict == s1.VerdictUndefined, about)
		if story := row.Info.Storyline; story != "" && m.Thread == "" {
			require.Empty(c.T, roots[story], "%s: one root for a story", about)
			roots[story] = m.TS
		} else if story != "" {
			replies[m.Thread]++
		}
	}
	for _, m := range told {
		if n := replies[m.TS]; n > 0 {
			require.True(c.T, notifiertest.Shows(c.T, m, fmt.Sprintf("%d more in this storyline", n)), "%s: %s", about, m.Name())
		}
	}
}

// shows holds that a card shows a verdict.
func (c *chaos) shows(m notifiertest.Message, verdict string, none bool, about string) {
	c.T.Helper()
	if none {
		verdict = "verdict Undefined"
	}
	require.True(c.T, notifiertest.Shows(c.T, m, verdict), "%s: %s: %s", about, m.Name(), verdict)
}

// withKey finds the card of a row.
func withKey(told []notifiertest.Message, id string) (notifiertest.Message, bool) {
	i := slices.IndexFunc(told, func(m notifiertest.Message) bool { return strings.HasSuffix(m.Key, id) })
	if i < 0 {
		return notifiertest.Message{}, false
	}
	return told[i], true
}
