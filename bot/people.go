package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
)

// How long Slack may take to say who somebody is, where a person waits for an answer, and anything else that a gate asks: a gate that has
// no answer is asked again later.
const (
	personPatience = 30 * time.Second
	gatePatience   = 4 * time.Second
)

// How long what Slack says of people is believed where somebody only looks, and that it says nothing. A gate believes nothing that was
// asked before it was (see afresh): a role that was taken away ends there.
const (
	peopleTTL  = time.Minute
	silenceTTL = 5 * time.Second
)

// people answers who somebody is and which roles they hold. What Slack does not say is not known, and never no.
type people struct {
	api    *slack.Client
	team   string
	policy func() policy.Policy
	now    func() time.Time
	log    *slog.Logger
	roster *roster
	// patience is gatePatience, but in tests.
	patience time.Duration

	asking  workflow.KeyMutex // one question at a time: who waits for the same one gets its answer, if it was asked late enough
	users   *lru.Cache[string, ruled]
	members *lru.Cache[string, aged[[]string]] // of user groups
	mu      sync.Mutex
	groups  aged[[]policy.Group] // all user groups, for handles
}

// An aged fact knows when Slack was asked for it.
type aged[T any] struct {
	fact policy.Fact[T]
	at   time.Time
}

// since reports whether it was asked for at a moment or later; that nothing was said is not believed for long.
func (a aged[T]) since(moment, now time.Time) bool {
	if silence := now.Add(-silenceTTL); a.fact.Open() != "" && silence.After(moment) {
		moment = silence
	}
	return !a.at.IsZero() && !a.at.Before(moment)
}

// A ruled person has the roles that a policy gave them at a moment.
type ruled struct {
	person workflow.Person
	policy policy.Policy
	at     time.Time
}

func newPeople(api *slack.Client, team string, policy func() policy.Policy, now func() time.Time, log *slog.Logger) (*people, error) {
	users, err := lru.New[string, ruled](10_000)
	if err != nil {
		return nil, err
	}
	members, err := lru.New[string, aged[[]string]](200)
	if err != nil {
		return nil, err
	}
	return &people{
		api: api, team: team, policy: policy, now: now, log: log, roster: newRoster(api, now, log), patience: gatePatience, users: users, members: members,
	}, nil
}

// who tells who id is, as Slack said within the last minute. Where it does not say, nobody can tell anything of them.
func (p *people) who(ctx context.Context, id string) workflow.Person {
	ctx, cancel := context.WithTimeout(ctx, personPatience)
	defer cancel()
	return p.person(ctx, id, p.now().Add(-peopleTTL))
}

// afresh is who for a gate: Slack is asked now, or has been asked since the gate began.
func (p *people) afresh(ctx context.Context, id string) workflow.Person {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	since, ok := ctx.Value(gateBegan{}).(time.Time)
	if !ok {
		since = p.now()
	}
	defer p.asking.Lock(id)()
	return p.person(ctx, id, since)
}

// gateBegan is the key under which a context has the time from which on answers are fresh enough.
type gateBegan struct{}

// gate returns a context in which what was asked once is not asked again: one click asks Slack about a user group once, of which Slack
// tells about twenty times a minute, though it passes several gates and is about several people.
func (p *people) gate(ctx context.Context) context.Context {
	if ctx.Value(gateBegan{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, gateBegan{}, p.now())
}

// person is who id is, as Slack said at a moment or later.
func (p *people) person(ctx context.Context, id string, since time.Time) workflow.Person {
	rules := p.policy()
	if got, ok := p.users.Get(id); ok && !got.at.Before(since) && got.policy.Same(rules) {
		return got.person
	}
	at := p.now()
	user, err := p.user(ctx, id)
	if err != nil {
		p.log.Warn("Slack does not say who somebody is", "user", id, "err", err)
		why := policy.CannotTell("I can't look up " + id + " in Slack (" + reason(err) + ")")
		return workflow.Person{Person: rules.Person(policy.Identity{ID: id, Active: why, Full: why}), Zone: time.UTC}
	}
	identity := policy.Identity{
		ID: user.ID, Name: displayName(user), Active: policy.Certain(!user.Deleted), Full: policy.Certain(p.full(user)),
	}
	if !identity.Full.No() { // an id says it all, and nothing else names who is no full member
		identity.Through = p.throughAll(ctx, rules.Members(), user, since)
	}
	person := workflow.Person{Person: rules.Person(identity), Zone: zone(user), Bot: user.IsBot || user.IsAppUser}
	if !slices.ContainsFunc(slices.Collect(maps.Values(identity.Through)), func(a policy.Answer) bool { return a.Open() != "" }) {
		p.users.Add(id, ruled{person, rules, at})
	}
	return person
}

// throughAll asks whether user is meant by each of the members that no id settles. All at once: where Slack is slow, or says nothing,
// somebody waits for the slowest answer and not for all of them.
func (p *people) throughAll(ctx context.Context, members []policy.Member, user *slack.User, since time.Time) map[policy.Member]policy.Answer {
	members = slices.DeleteFunc(members, func(m policy.Member) bool { return !m.Group() && m.Handle() == "" })
	answers := make([]policy.Answer, len(members))
	var asked sync.WaitGroup
	for i, m := range members {
		asked.Go(func() { answers[i] = p.through(ctx, m, user, since) })
	}
	asked.Wait()
	through := map[policy.Member]policy.Answer{}
	for i, m := range members {
		through[m] = answers[i]
	}
	return through
}

// user is what Slack says of id. That it knows nobody of that id is an answer, too: they are nobody here.
func (p *people) user(ctx context.Context, id string) (*slack.User, error) {
	var user *slack.User
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		user, err = p.api.GetUserInfoContext(ctx, id)
		return err
	})
	if post.RefusedWith(err, "user_not_found", "user_not_visible", "users_not_found") {
		return &slack.User{ID: id, Deleted: true}, nil
	}
	if err == nil && user.ID != id && user.Enterprise.ID != id {
		return nil, errSomebodyElse
	}
	return user, err
}

// errSomebodyElse is an answer that is about somebody else, or about nobody: it tells nothing of who was asked about.
var errSomebodyElse = slack.SlackErrorResponse{Err: "an answer about somebody else"}

// full tells whether user is a full member of this workspace: no guest, bot, stranger from a shared channel, or former member. On
// Enterprise Grid team_id is a person's home workspace, and enterprise_user.teams are all to which they belong
// (docs.slack.dev/reference/objects/user-object).
func (p *people) full(user *slack.User) bool {
	ours := user.TeamID == p.team || user.TeamID == "" || slices.Contains(user.Enterprise.Teams, p.team)
	return ours && !user.IsRestricted && !user.IsUltraRestricted && !user.IsStranger && !user.IsBot && !user.IsAppUser &&
		!user.Deleted && user.ID != "USLACKBOT"
}

// through asks whether user is meant by m, a user group's id or a handle.
func (p *people) through(ctx context.Context, m policy.Member, user *slack.User, since time.Time) policy.Answer {
	if m.Group() {
		return p.belongs(ctx, string(m), user.ID, since)
	}
	group, exists := p.group(ctx, m.Handle(), since)
	switch named := strings.EqualFold(user.Name, m.Handle()); {
	case exists.Open() != "":
		return exists
	case exists.No():
		return policy.Certain(named)
	case named:
		return ambiguous(m)
	}
	in := p.belongs(ctx, group.ID, user.ID, since)
	if !in.Yes() {
		return in
	}
	switch namesake := p.roster.has(ctx, m.Handle()); {
	case namesake.Open() != "":
		return namesake
	case namesake.Yes():
		return ambiguous(m)
	}
	return in
}

// ambiguous is the answer where a handle stands for a person and for a user group. It gives nobody a role, and takes nobody out of a
// rule either.
func ambiguous(m policy.Member) policy.Answer {
	return policy.CannotTell(string(m) + " is the name of a person and of a user group, so I can't tell which one the policy means")
}

// belongs asks whether a person belongs to a user group.
func (p *people) belongs(ctx context.Context, group, id string, since time.Time) policy.Answer {
	return p.membersOf(ctx, group, since).Ask(func(ids []string) bool { return slices.Contains(ids, id) })
}

// membersOf is who belongs to a user group.
func (p *people) membersOf(ctx context.Context, group string, since time.Time) policy.Fact[[]string] {
	defer p.asking.Lock(group)()
	if got, ok := p.members.Get(group); ok && got.since(since, p.now()) {
		return got.fact
	}
	at := p.now()
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	var members []string
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		members, err = p.api.GetUserGroupMembersContext(ctx, group)
		return err
	})
	got := aged[[]string]{heard(members, err), at}
	if err != nil {
		p.log.Warn("cannot read a user group", "group", group, "err", err)
	}
	p.members.Add(group, got)
	return got.fact
}

// group is the user group with a handle, and whether there is one.
func (p *people) group(ctx context.Context, handle string, since time.Time) (group policy.Group, exists policy.Answer) {
	exists = p.allGroups(ctx, since).Ask(func(all []policy.Group) bool {
		i := slices.IndexFunc(all, func(g policy.Group) bool { return strings.EqualFold(g.Handle, handle) })
		if i >= 0 {
			group = all[i]
		}
		return i >= 0
	})
	return group, exists
}

func (p *people) allGroups(ctx context.Context, since time.Time) policy.Fact[[]policy.Group] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups.since(since, p.now()) {
		return p.groups.fact
	}
	at := p.now()
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	var found []slack.UserGroup
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		found, err = p.api.GetUserGroupsContext(ctx)
		return err
	})
	if err != nil {
		p.log.Warn("cannot list user groups", "err", err)
	}
	groups := make([]policy.Group, len(found))
	for i, g := range found {
		groups[i] = policy.Group{ID: g.ID, Handle: g.Handle}
	}
	p.groups = aged[[]policy.Group]{heard(groups, err), at}
	return p.groups.fact
}

// heard is what Slack said of user groups. That the workspace's plan has none is an answer; all else that it may say, such as that a scope
// is missing, is none (docs.slack.dev/reference/methods/usergroups.users.list). A group that there is no more is none, either: who was in
// it is not known, and a rule that denies them something must not be skipped because somebody removed the group.
func heard[T any](value T, err error) policy.Fact[T] {
	var none T
	switch {
	case err == nil:
		return policy.Known(value)
	case post.RefusedWith(err, "plan_upgrade_required", "paid_teams_only"):
		return policy.Known(none)
	}
	return policy.Unknown[T]("I can't read user groups (" + reason(err) + ")")
}

// reason is an error of Slack's in a word or two, without what may be secret in it.
func reason(err error) string {
	var refused slack.SlackErrorResponse
	var status slack.StatusCodeError
	_, slowed := post.Slowdown(err)
	switch {
	case slowed:
		return "Slack asks to wait"
	case errors.As(err, &refused):
		return refused.Err
	case errors.As(err, &status):
		return fmt.Sprintf("HTTP %d %s", status.Code, http.StatusText(status.Code))
	}
	return "Slack does not answer"
}

// displayName is what Slack shows beside a person's messages.
func displayName(u *slack.User) string {
	return cmp.Or(u.Profile.DisplayName, u.RealName, u.Name, u.ID)
}

// zone is the person's own time zone.
func zone(u *slack.User) *time.Location {
	if loc, err := time.LoadLocation(u.TZ); err == nil && u.TZ != "" {
		return loc
	}
	if u.TZOffset != 0 {
		return time.FixedZone(u.TZLabel, u.TZOffset)
	}
	return time.UTC
}
