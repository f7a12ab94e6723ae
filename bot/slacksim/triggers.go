package slacksim

import (
	"fmt"
	"regexp"
	"time"

	"s1bot/bot/slacksim/webapi"
)

// A trigger lets the app open one view: "trigger_ids expire in 3 seconds and can be used once"
// [docs.slack.dev/interactivity/handling-user-interaction].
type trigger struct {
	user    string
	expires time.Time
	used    bool
}

const triggerLifetime = 3 * time.Second

var triggerPattern = regexp.MustCompile(`^\d+\.\d+\.[0-9a-f]+$`)

func (ws *state) newTrigger(user string) string {
	ws.serial["trigger"]++
	id := fmt.Sprintf("%d.1000000000.%016x%016x", 1000000+ws.serial["trigger"], ws.rng.Uint64(), ws.rng.Uint64())
	ws.triggers[id] = &trigger{user: user, expires: ws.opts.Now().Add(triggerLifetime)}
	return id
}

// exchange gives the user whose action the trigger stands for. The caller marks it as used when the view is open.
func (ws *state) exchange(id string) (*trigger, error) {
	t := ws.triggers[id]
	switch {
	case !triggerPattern.MatchString(id) || t == nil:
		return nil, webapi.Refuse("invalid_trigger_id")
	case t.used:
		return nil, webapi.Refuse("exchanged_trigger_id")
	case ws.opts.Now().After(t.expires):
		return nil, webapi.Refuse("expired_trigger_id")
	}
	return t, nil
}
