package s1

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"s1bot/s1/transport"
)

// UnifiedMode says whether the bot uses a console's unified alerts.
type UnifiedMode string

// The modes. The zero value of Config means UnifiedOff; UnifiedAuto is on where the console has them and the token may read them.
const (
	UnifiedAuto UnifiedMode = "auto"
	UnifiedOn   UnifiedMode = "on"
	UnifiedOff  UnifiedMode = "off"
)

// probeMemory is how long the answer of a probe holds: consoles are upgraded, and roles change, while the bot runs.
const probeMemory = time.Hour

// A unifiedChoice remembers whether a console has unified alerts that the token may read.
type unifiedChoice struct {
	setting UnifiedMode

	mu    sync.Mutex
	found bool
	until time.Time
}

// UnifiedAlerts tells whether the bot uses this console's unified alerts: as the settings say or,
// with UnifiedAuto, by a probe. ProbeUnified tells why not. An error says that the probe got no
// answer, so nobody knows. One caller probes at a time and the others wait for its answer.
func (c *Client) UnifiedAlerts(ctx context.Context) (bool, error) {
	u := c.unified
	if u.setting != UnifiedAuto {
		return u.setting == UnifiedOn, nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if time.Now().Before(u.until) {
		return u.found, nil
	}
	err := c.ProbeUnified(ctx)
	if err != nil && !deniesUnified(err) {
		return false, err
	}
	u.found, u.until = err == nil, time.Now().Add(probeMemory)
	return u.found, nil
}

// UnifiedSetting is what the settings say.
func (c *Client) UnifiedSetting() UnifiedMode { return c.unified.setting }

// deniesUnified tells whether an error is the console's word that there are no unified alerts, or
// none for this token. Anything else is a console that does not answer, of which nothing can be
// concluded.
func deniesUnified(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return transport.Absent(err) || errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrForbidden) || e.Reason == LacksPermission || e.Reason == FeatureOff
}

// ProbeUnified asks for the number of unified alerts. nil says that this token can read them; an *Error of Reason Retired that the console
// has none, one of 403 or of Reason LacksPermission that the token may not.
func (c *Client) ProbeUnified(ctx context.Context) error {
	_, err := c.GraphQL(ctx, Document{
		Does: "look for unified alerts", Name: "ProbeAlerts", Texts: []string{"query ProbeAlerts { alerts(first: 1) { totalCount } }"}, Permission: "Unified Alerts.view",
	}, func(json.RawMessage) error { return nil })
	return err
}
