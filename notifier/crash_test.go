package notifier_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"
	"s1bot/s1"
)

var errCrashed = errors.New("the process is gone")

// A bomb ends the process in the middle of an operation: of the nth one from now, before or after its effect. From then on
// nothing that the process does has an effect.
type bomb struct {
	mu    sync.Mutex
	left  int
	after bool
	kill  context.CancelFunc
	gone  bool
}

func (b *bomb) fault(string) (error, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return errCrashed, nil
	}
	if b.left--; b.left > 0 {
		return nil, nil
	}
	b.gone = true
	b.kill()
	if b.after {
		return nil, errCrashed
	}
	return errCrashed, nil
}

// crash runs a notifier until the bomb goes off, or for d; it tells whether it went off.
func crash(w *notifiertest.World, n int, after bool, d time.Duration) bool {
	ctx, kill := context.WithCancel(w.T.Context())
	defer kill()
	b := &bomb{left: n, after: after, kill: kill}
	notifiertest.SetFaults(w, b.fault)
	running, err := notifier.New(w.Config)
	require.NoError(w.T, err)
	done := make(chan error, 1)
	go func() { done <- running.Run(ctx) }()
	select {
	case <-ctx.Done():
	case <-time.After(d):
		kill()
	}
	require.NoError(w.T, <-done)
	notifiertest.SetFaults(w, nil)
	return b.gone
}

// The process dies at the first, second, third … operation on console, journal or Slack, once before and once after the
// operation has its effect; then it starts again. Whatever the moment: every threat is told once, in its thread, and the card
// shows the latest state.
func TestACrashAtAnyMomentLosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			went := false
			synctest.Test(t, func(t *testing.T) { went = crashStory(t, n, after) })
			if !went {
				require.Greater(t, n, 40, "the story is long enough to crash in")
				break
			}
		}
	}
}

func crashStory(t *testing.T, n int, after bool) (went bool) {
	w := notifiertest.NewWorld(t)
	w.Console.AddThreat(notifiertest.NewThreat{Name: "history", Age: time.Hour})
	w.Start()
	w.Pass(time.Second)
	w.Stop()
	root := w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
	w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "s"})
	w.Console.AddThreat(notifiertest.NewThreat{Name: "alone"})
	w.Console.AddAlert("rule", 0, 0)
	go func() { // in the middle of it, the console changes
		<-time.After(40 * time.Second)
		w.Console.Change(root, notifiertest.Resolve)
	}()
	went = crash(w, n, after, 2*time.Minute)
	w.Start()
	w.Pass(10 * time.Minute)
	w.Stop()
	about := fmt.Sprintf("crash at operation %d, after its effect: %v", n, after)
	told := w.Slack.In("CTHREATS")
	require.Equal(t, []string{"root", "reply", "alone"}, notifiertest.Titles(w, "CTHREATS"), about)
	require.Equal(t, []string{"rule"}, notifiertest.Titles(w, "CALERTS"), about)
	require.Equal(t, told[0].TS, told[1].Thread, about)
	require.Contains(t, told[0].Card.Title, "resolved", about)
	require.True(t, notifiertest.Shows(t, told[0], "1 more in this storyline"), about)
	return went
}

// A model says what must be in Slack in the end; random worlds must agree with it.
func TestRandomWorldsAgreeWithTheModel(t *testing.T) {
	t.Parallel()
	seeds := 12
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { randomWorld(t, rand.New(rand.NewPCG(uint64(seed), 5)), seed) })
	}
}

// A chaos makes random things happen to a world.
type chaos struct {
	*notifiertest.World
	rand    *rand.Rand
	serial  int
	threats []s1.ThreatID
	model   map[string]bool // names that must be told; exactly these
}

func randomWorld(t *testing.T, r *rand.Rand, seed int) {
	c := &chaos{World: notifiertest.NewWorld(t), rand: r, model: map[string]bool{}}
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
	c.Config.Interval = 10 * time.Minute
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
		if len(c.threats) > 0 {
			c.Console.Change(c.threats[c.rand.IntN(len(c.threats))], c.edit())
		}
	case 5:
		c.Stop()
		crash(c.World, 1+c.rand.IntN(30), c.rand.IntN(2) == 0, time.Minute)
		c.Start()
	default:
		c.burst()
	}
}

// burst adds rows: several with one time stamp, some of them late, some of one storyline.
func (c *chaos) burst() {
	age := time.Duration(c.rand.Int64N(int64(time.Minute)))
	for range 1 + c.rand.IntN(8) {
		c.serial++
		t := notifiertest.NewThreat{Name: fmt.Sprint("threat ", c.serial), Age: age}
		if c.rand.IntN(3) == 0 {
			t.Story = fmt.Sprint("story", c.rand.IntN(3))
		}
		if c.rand.IntN(3) == 0 {
			t.Late = time.Duration(c.rand.Int64N(int64(20 * time.Hour)))
		}
		c.model[t.Name] = true
		c.threats = append(c.threats, c.Console.AddThreat(t))
	}
}

func (c *chaos) edit() func(*s1.Threat) {
	verdicts := s1.Verdict("").Choices()
	verdict := s1.Verdict(verdicts[c.rand.IntN(len(verdicts))].Value)
	return func(t *s1.Threat) { t.Info.AnalystVerdict = verdict }
}

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

func (c *chaos) check(about string) {
	c.T.Helper()
	told := c.Slack.In("CTHREATS")
	names, roots := map[string]int{}, map[string]string{}
	for i, m := range told {
		names[m.Name()]++
		if i > 0 {
			require.GreaterOrEqual(c.T, m.At.Sub(told[i-1].At), time.Second, about)
		}
	}
	for name := range c.model {
		require.Equal(c.T, 1, names[name], "%s: %s", about, name)
	}
	require.Len(c.T, told, len(c.model), about)
	require.Empty(c.T, notifiertest.Pending(c.World), about)
	replies := map[string]int{}
	for _, row := range c.Console.Threats {
		i := slices.IndexFunc(told, func(m notifiertest.Message) bool { return strings.HasSuffix(m.Key, string(row.ID)) })
		if i < 0 {
			continue
		}
		m := told[i]
		verdict := row.Info.AnalystVerdict.Label()
		if row.Info.AnalystVerdict == s1.VerdictUndefined {
			verdict = "no verdict"
		}
		require.True(c.T, notifiertest.Shows(c.T, m, verdict), "%s: %s", about, m.Name())
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
