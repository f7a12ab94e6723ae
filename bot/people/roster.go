package people

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/bot/webapi"
)

// Slack finds nobody by their user name: whether an @handle is a person's has to be read out of the
// list of all members. That is long where a workspace is large and may be read about twenty times a
// minute, so it is read beside everything else, and only where a policy names handles of user
// groups.
const (
	rosterTTL   = 30 * time.Minute
	rosterPause = 5 * time.Second // before what failed is tried again
	rosterWait  = 3 * time.Second // for the first reading, where somebody asks before it is through
	rosterPage  = 1000            // the most that users.list takes; less where Slack likes
	rosterPages = 1000            // more than the largest workspaces have
)

// A namesake is whom a user name stands for.
type namesake struct{ active bool }

// A roster knows which user names there are.
//
// The goroutine of keep alone reads the list; has only asks for it and reads what is there. read is
// closed once, at the first try whatever it brought, so nobody waits for a list that Slack does not
// give.
type roster struct {
	api *slack.Client
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	names  policy.Fact[map[string]namesake] // in lower case
	at     time.Time                        // of the latest try
	wanted chan struct{}                    // somebody asked
	read   chan struct{}                    // closed after the first try
}

func newRoster(api *slack.Client, now func() time.Time, log *slog.Logger) *roster {
	return &roster{
		api: api, now: now, log: log, names: policy.Unknown[map[string]namesake]("I haven't read the list of members yet"),
		wanted: make(chan struct{}, 1), read: make(chan struct{}),
	}
}

// has asks whether a person has that user name. A list that cannot be read again is believed as it
// was: whoever took a name since is told from a user group of that name by their own.
//
// A wait of three seconds at the most is for the first reading; later ones go on beside the
// answers.
func (r *roster) has(ctx context.Context, handle string) policy.Answer {
	select {
	case r.wanted <- struct{}{}:
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, rosterWait)
	defer cancel()
	select {
	case <-r.read:
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names.Ask(func(names map[string]namesake) bool { return names[strings.ToLower(handle)].active })
}

// keep reads the list when somebody asks and it is old, until ctx ends.
func (r *roster) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wanted:
		}
		if r.due() {
			r.load(ctx)
		}
	}
}

func (r *roster) due() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	pause := rosterPause
	if _, known := r.names.Value(); known {
		pause = rosterTTL
	}
	return r.at.IsZero() || r.now().Sub(r.at) >= pause
}

// A list that was read once is kept over failures.
func (r *roster) load(ctx context.Context) {
	names, err := r.list(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at.IsZero() {
		defer close(r.read)
	}
	r.at = r.now()
	_, known := r.names.Value()
	switch {
	case err == nil:
		r.names = policy.Known(names)
	case !known:
		r.log.WarnContext(ctx, "cannot read the list of members", "err", err)
		r.names = policy.Unknown[map[string]namesake]("I can't read the list of members (" + webapi.Reason(err) + ")")
	}
}

// list reads all pages. A service that speaks Slack's language and has no such list has no names
// either.
//
// A name may have been given up by somebody who left and taken by somebody else: it stands for
// somebody if one of them is active.
func (r *roster) list(ctx context.Context) (map[string]namesake, error) {
	names := map[string]namesake{}
	page := r.api.GetUsersPaginated(slack.GetUsersOptionLimit(rosterPage))
	for range rosterPages {
		err := post.Retry(ctx, post.IfLost, func() (err error) {
			next, err := page.Next(ctx)
			if err == nil {
				page = next
			}
			return page.Failure(err)
		})
		if post.RefusedWith(err, "unknown_method") {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		for _, u := range page.Users {
			name := strings.ToLower(u.Name)
			names[name] = namesake{active: !u.Deleted || names[name].active}
		}
		if page.Cursor == "" {
			return names, nil
		}
	}
	return nil, errors.New("the list of members does not end")
}
