package huntapi

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"s1bot/s1/transport"
)

// A HuntEngine is what a console answers questions about events with.
type HuntEngine string

// The engines. "" means DeepVisibility; AutoEngine is the data lake where the console has it.
const (
	AutoEngine     HuntEngine = "auto"
	DeepVisibility HuntEngine = "dv"
	DataLake       HuntEngine = "sdl"
)

// Engines are the two hunt engines of a console, and the queue before one of them. It is safe for
// use by several goroutines; the queue and the choice are shared by all that Over returns.
type Engines struct {
	t      *transport.Client
	starts *queue // of queries
	choice *engineChoice
}

// NewEngines returns the engines of a console; those of new hunts are setting's, "" means
// DeepVisibility.
func NewEngines(t *transport.Client, setting HuntEngine) *Engines {
	return &Engines{t: t, starts: &queue{}, choice: &engineChoice{setting: cmp.Or(setting, DeepVisibility)}}
}

// Over returns the same engines, the queue included, asked over another client of the same console.
func (c *Engines) Over(t *transport.Client) *Engines {
	return &Engines{t: t, starts: c.starts, choice: c.choice}
}

// engineMemory is how long the answer of a probe holds: consoles are upgraded while the bot runs.
const engineMemory = time.Hour

// An engineChoice remembers which engine a console has.
type engineChoice struct {
	setting HuntEngine

	mu    sync.Mutex
	found HuntEngine
	until time.Time
}

// HuntEngine returns the engine for a new hunt: the one of the settings or, with AutoEngine, what a
// probe says. A console whose data lake refuses the token is hunted on by Deep Visibility, as
// before; ProbeSDL tells why. Any other error of the probe is returned, and nothing remembered: a
// console that could not be asked has not said which engine it has.
func (c *Engines) HuntEngine(ctx context.Context) (HuntEngine, error) {
	if c.choice.setting != AutoEngine {
		return c.choice.setting, nil
	}
	if found := c.choice.remembered(); found != "" {
		return found, nil
	}
	err := c.ProbeSDL(ctx)
	found := DeepVisibility
	switch {
	case err == nil:
		found = DataLake
	case !transport.Absent(err) && !errors.Is(err, transport.ErrUnauthorized) && !errors.Is(err, transport.ErrForbidden):
		return "", err
	}
	c.choice.remember(found)
	return found, nil
}

// remembered is what a probe found, "" if that was too long ago. Two callers at once may both
// probe: it costs one small query.
func (e *engineChoice) remembered() HuntEngine {
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Now().After(e.until) {
		return ""
	}
	return e.found
}

func (e *engineChoice) remember(found HuntEngine) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.found, e.until = found, time.Now().Add(engineMemory)
}

// ProbeSDL asks the data lake for one row of the last minute. nil says that this token can hunt
// there; an *Error of Reason Retired says that the console has no data lake, 401 and 403 that the
// token may not use it.
func (c *Engines) ProbeSDL(ctx context.Context) error {
	now := time.Now()
	found, err := c.LaunchSDL(ctx, SDLQuery{From: now.Add(-time.Minute), To: now, Power: "| limit 1"})
	if err == nil && found.ID.Valid() {
		_ = c.EndSDL(context.WithoutCancel(ctx), found.SDLTicket) // the console frees it by itself within 30 s
	}
	return err
}
