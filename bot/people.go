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

// How long what Slack says of people is believed. A role that was taken away ends within this time.
const peopleTTL = time.Minute

// errNobody tells people that the bot could not find out who they are, and so did nothing.
var errNobody = errors.New("slack does not say who you are, so nothing was done; please try again in a moment")

// A Person is someone in Slack with the roles that the policy gives them. Everything about them comes from Slack by their id,
// nothing from what a payload claims.
type Person struct {
	approvals.Person
	Zone *time.Location // UTC when Slack does not say
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

// An aged value knows when it was learned.
type aged[T any] struct {
	value T
	at    time.Time
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
	err := patiently(ctx, func() (err error) {
		user, err = p.api.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("%w: ask who %s is: %w", errNobody, id, err)
	}
	identity := approvals.Identity{ID: user.ID, Handle: user.Name, Name: displayName(user), Full: p.full(user), Groups: p.groupsOf(ctx, policy, user.ID)}
	person := Person{Person: policy.Person(identity), Zone: zone(user)}
	p.users.Add(id, ruled{person, policy, p.now()})
	return person, nil
}

// full tells whether user is a full member of this workspace: no guest, bot, stranger from a shared channel, or former member.
func (p *people) full(user *slack.User) bool {
	ours := user.TeamID == p.team || user.TeamID == ""
	return ours && !user.IsRestricted && !user.IsUltraRestricted && !user.IsStranger && !user.IsBot && !user.IsAppUser &&
		!user.Deleted && user.ID != "USLACKBOT"
}

// groupsOf is which of the user groups that roles name a person belongs to.
func (p *people) groupsOf(ctx context.Context, policy approvals.Policy, id string) []approvals.Group {
	var in []approvals.Group
	for _, m := range policy.Members() {
		group := approvals.Group{ID: string(m)}
		if handle := m.Handle(); handle != "" {
			group = p.group(ctx, handle)
		}
		if approvals.Member(group.ID).Group() && slices.Contains(p.membersOf(ctx, group.ID), id) {
			in = append(in, group)
		}
	}
	return in
}

// membersOf is who belongs to a user group; nobody when Slack does not say (no_such_subteam, a free plan, an outage).
func (p *people) membersOf(ctx context.Context, group string) []string {
	if got, ok := p.members.Get(group); ok && p.now().Sub(got.at) < peopleTTL {
		return got.value
	}
	members, err := p.api.GetUserGroupMembersContext(ctx, group)
	if err != nil {
		p.log.Warn("cannot read a user group: nobody holds a role through it meanwhile", "group", group, "err", err)
		members = nil
	}
	p.members.Add(group, aged[[]string]{members, p.now()})
	return members
}

// group is the user group with a handle; the zero Group if there is none or Slack does not say.
func (p *people) group(ctx context.Context, handle string) approvals.Group {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups.at.IsZero() || p.now().Sub(p.groups.at) >= peopleTTL {
		found, err := p.api.GetUserGroupsContext(ctx)
		if err != nil {
			p.log.Warn("cannot list user groups: nobody holds a role through a group's handle meanwhile", "err", err)
		}
		groups := make([]approvals.Group, len(found))
		for i, g := range found {
			groups[i] = approvals.Group{ID: g.ID, Handle: g.Handle}
		}
		p.groups = aged[[]approvals.Group]{groups, p.now()}
	}
	for _, g := range p.groups.value {
		if strings.EqualFold(g.Handle, handle) {
			return g
		}
	}
	return approvals.Group{}
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
