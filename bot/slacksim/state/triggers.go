package state

import (
	"fmt"
	"regexp"
	"time"

	"s1bot/bot/slacksim/webapi"
)

// A Trigger lets the app open one view: "trigger_ids expire in 3 seconds and can be used once"
// [docs.slack.dev/interactivity/handling-user-interaction].
type Trigger struct {
	User    string
	Expires time.Time
	Used    bool
}

// triggerPattern is the form of a trigger_id; what has another form is invalid and not expired.
var triggerPattern = regexp.MustCompile(`^\d+\.\d+\.[0-9a-f]+$`)

// NewTrigger is the trigger_id of something that a user did just now.
func (ws *State) NewTrigger(user string) string {
	ws.Serial["trigger"]++
	id := fmt.Sprintf("%d.1000000000.%016x%016x", 1000000+ws.Serial["trigger"], ws.Rng.Uint64(), ws.Rng.Uint64())
	ws.Triggers[id] = &Trigger{User: user, Expires: ws.Opts.Now().Add(ws.Opts.TriggerLife)}
	return id
}

// Exchange gives the user whose action the trigger stands for. The caller marks it as used when the
// view is open.
func (ws *State) Exchange(id string) (*Trigger, error) {
	t := ws.Triggers[id]
	switch {
	case !triggerPattern.MatchString(id) || t == nil:
		return nil, webapi.Refuse("invalid_trigger_id")
	case t.Used:
		return nil, webapi.Refuse("exchanged_trigger_id")
	case ws.Opts.Now().After(t.Expires):
		return nil, webapi.Refuse("expired_trigger_id")
	}
	return t, nil
}
