package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/slack-go/slack"

	"s1bot/approvals"
)

// How long what Slack says of people is believed, and that it says nothing. A role that was taken away ends within this time.
const (
	peopleTTL  = time.Minute
	silenceTTL = 5 * time.Second
)

// What tells people that the bot could not find out who they are, or which roles they hold, and so did nothing.
var (
	errNobody = errors.New("slack does not say who you are, so nothing was done; please try again in a moment")
	errUnsure = errors.New("slack does not say which user groups you belong to, so nothing was done; please try again in a moment")
)

// A Person is someone in Slack with the roles that the policy gives them. Everything about them comes from Slack by their id,
// nothing from what a payload claims.
type Person struct {
	approvals.Person
	Zone   *time.Location // UTC when Slack does not say
	bot    bool           // no person at all
	unsure bool           // Slack did not say which user groups they belong to: they may hold more roles
}

// people answers who somebody is and which roles they hold. Both are cached for a minute; where Slack cannot be asked about a
// user group, nobody holds a role through it.
type people struct {
	api    *slack.Client
	team   string
	policy func() approvals.Policy
	now    func() time.Time
	log    *slog.Logger

	users   *lru.Cache[string, ruled]
	members *lru.Cache[string, aged[[]string]] // of user groups
	mu      sync.Mutex
	groups  aged[[]approvals.Group] // all user groups, for handles
}

// An aged value knows until when it is believed. Without sure, Slack did not say.
type aged[T any] struct {
	value T
	sure  bool
	until time.Time
}

// heard is what Slack said, or that it said nothing.
func heard[T any](value T, err error, now time.Time) aged[T] {
	if err != nil && passing(err) {
		return aged[T]{value, false, now.Add(silenceTTL)}
	}
	return aged[T]{value, true, now.Add(peopleTTL)}
}

// passing tells errors that say nothing about a user group from those that say that it has no members: there is none, or the
// workspace's plan has none.
func passing(err error) bool {
	var refused slack.SlackErrorResponse
	return passes(err) || !errors.As(err, &refused)
}

// A ruled person has the roles that a policy gave them at a moment.
type ruled struct {
	person Person
	policy approvals.Policy
	at     time.Time
}

func newPeople(api *slack.Client, team string, policy func() approvals.Policy, now func() time.Time, log *slog.Logger) (*people, error) {
	users, err := lru.New[string, ruled](10_000)
	if err != nil {
		return nil, err
	}
	members, err := lru.New[string, aged[[]string]](200)
	if err != nil {
		return nil, err
	}
	return &people{api: api, team: team, policy: policy, now: now, log: log, users: users, members: members}, nil
}

// who tells who id is.
func (p *people) who(ctx context.Context, id string) (Person, error) {
	policy := p.policy()
	if got, ok := p.users.Get(id); ok && p.now().Sub(got.at) < peopleTTL && got.policy.Same(policy) {
		return got.person, nil
	}
	var user *slack.User
	err := retry(ctx, ifLost, func() (err error) {
		user, err = p.api.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("%w: ask who %s is: %w", errNobody, id, err)
	}
	groups, sure := p.groupsOf(ctx, policy, user.ID)
	identity := approvals.Identity{ID: user.ID, Handle: user.Name, Name: displayName(user), Full: p.full(user), Groups: groups}
	person := Person{Person: policy.Person(identity), Zone: zone(user), bot: user.IsBot || user.IsAppUser, unsure: !sure}
	if sure {
		p.users.Add(id, ruled{person, policy, p.now()})
	}
	return person, nil
}

// stranger is who with what they have as nobody of this workspace: the roles that name them by their id.
func (p *people) stranger(who Person) Person {
	who.Person = p.policy().Person(approvals.Identity{ID: who.ID, Name: who.Name})
	return who
}

// full tells whether user is a full member of this workspace: no guest, bot, stranger from a shared channel, or former member.
func (p *people) full(user *slack.User) bool {
	ours := user.TeamID == p.team || user.TeamID == ""
	return ours && !user.IsRestricted && !user.IsUltraRestricted && !user.IsStranger && !user.IsBot && !user.IsAppUser &&
		!user.Deleted && user.ID != "USLACKBOT"
}

// groupsOf is which of the user groups that roles name a person belongs to, as far as Slack says.
func (p *people) groupsOf(ctx context.Context, policy approvals.Policy, id string) (in []approvals.Group, sure bool) {
	sure = true
	for _, m := range policy.Members() {
		group, known := approvals.Group{ID: string(m)}, true
		if handle := m.Handle(); handle != "" {
			group, known = p.group(ctx, handle)
		}
		if !approvals.Member(group.ID).Group() {
			sure = sure && known
			continue
		}
		members := p.membersOf(ctx, group.ID)
		sure = sure && known && members.sure
		if slices.Contains(members.value, id) {
			in = append(in, group)
		}
	}
	return in, sure
}

// membersOf is who belongs to a user group; nobody when Slack does not say (no_such_subteam, a free plan, an outage).
func (p *people) membersOf(ctx context.Context, group string) aged[[]string] {
	if got, ok := p.members.Get(group); ok && p.now().Before(got.until) {
		return got
	}
	var members []string
	err := retry(ctx, ifLost, func() (err error) {
		members, err = p.api.GetUserGroupMembersContext(ctx, group)
		return err
	})
	if err != nil {
		p.log.Warn("cannot read a user group: nobody holds a role through it meanwhile", "group", group, "err", err)
		members = nil
	}
	got := heard(members, err, p.now())
	p.members.Add(group, got)
	return got
}

// group is the user group with a handle; the zero Group if there is none or Slack does not say.
func (p *people) group(ctx context.Context, handle string) (found approvals.Group, sure bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.now().Before(p.groups.until) {
		var found []slack.UserGroup
		err := retry(ctx, ifLost, func() (err error) {
			found, err = p.api.GetUserGroupsContext(ctx)
			return err
		})
		if err != nil {
			p.log.Warn("cannot list user groups: nobody holds a role through a group's handle meanwhile", "err", err)
		}
		groups := make([]approvals.Group, len(found))
		for i, g := range found {
			groups[i] = approvals.Group{ID: g.ID, Handle: g.Handle}
		}
		p.groups = heard(groups, err, p.now())
	}
	for _, g := range p.groups.value {
		if strings.EqualFold(g.Handle, handle) {
			return g, true
		}
	}
	return approvals.Group{}, p.groups.sure
}

// displayName is what Slack shows beside a person's messages.
func displayName(u *slack.User) string {
	return first(u.Profile.DisplayName, u.RealName, u.Name, u.ID)
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
