package people

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/bot/webapi"
)

// How long Slack may take to say who somebody is, where a person waits for an answer, and anything
// else that a gate asks: a gate that has no answer is asked again later.
const (
	personPatience = 30 * time.Second
	gatePatience   = 4 * time.Second
)

// How long what Slack says of people is believed where somebody only looks, and that it says
// nothing. A gate believes nothing that was asked before it was (see Afresh): a role that was taken
// away ends there.
const (
	lookTTL    = time.Minute
	silenceTTL = 5 * time.Second
)

// A Directory answers who somebody is and which roles they hold. What Slack does not say is not
// known, and never no.
//
// Its caches hold answers together with the moment at which the question was asked, not answered:
// whoever asks "as of now" may take an answer only if it was asked for after now. Anything else
// could be older than the change that the question is about.
//
// Locks are per question (asking), so that clicks that come together cost one call of users.info and
// nobody waits behind another person's question. Group lists have one lock for all, mu, since there
// is one list.
type Directory struct {
	Config
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

// since reports whether it was asked for at a moment or later; that nothing was said is not
// believed for long.
func (a aged[T]) since(moment, now time.Time) bool {
	if silence := now.Add(-silenceTTL); a.fact.Open() != "" && silence.After(moment) {
		moment = silence
	}
	return !a.at.IsZero() && !a.at.Before(moment)
}

// A ruled person has the roles that a policy gave them at a moment.
//
// The policy is part of the key of the cache: a role that the policy file gives or takes holds at
// once, not after lookTTL.
type ruled struct {
	person workflow.Person
	policy policy.Policy
	at     time.Time
}

// Config is what a directory needs.
type Config struct {
	API    *slack.Client
	Team   func() string        // the workspace; asked only once that is known
	Policy func() policy.Policy // as it is now
	Now    func() time.Time
	Log    *slog.Logger
}

// New is an empty directory. It asks nobody.
//
// Ten thousand people and two hundred groups are more than a policy names or a day sees; what is
// pushed out is asked again.
func New(c Config) (*Directory, error) {
	users, err := lru.New[string, ruled](10_000)
	if err != nil {
		return nil, err
	}
	members, err := lru.New[string, aged[[]string]](200)
	if err != nil {
		return nil, err
	}
	return &Directory{Config: c, roster: newRoster(c.API, c.Now, c.Log), patience: gatePatience, users: users, members: members}, nil
}

// KeepRoster reads the list of members when somebody needs it, until ctx ends.
func (p *Directory) KeepRoster(ctx context.Context) { p.roster.keep(ctx) }

// Who tells who id is, as Slack said within the last minute. Where it does not say, nobody can tell
// anything of them.
func (p *Directory) Who(ctx context.Context, id string) workflow.Person {
	ctx, cancel := context.WithTimeout(ctx, personPatience)
	defer cancel()
	return p.person(ctx, id, p.Now().Add(-lookTTL))
}

// Afresh is Who for a gate: Slack is asked now, or has been asked since the gate began.
//
// The lock on the id makes later askers of the same gate wait for the first answer and take it.
func (p *Directory) Afresh(ctx context.Context, id string) workflow.Person {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	since, ok := ctx.Value(gateBegan{}).(time.Time)
	if !ok {
		since = p.Now()
	}
	defer p.asking.Lock(id)()
	return p.person(ctx, id, since)
}

// gateBegan is the key under which a context has the time from which on answers are fresh enough.
type gateBegan struct{}

// Gate returns a context in which what was asked once is not asked again: one click asks Slack
// about a user group once, of which Slack tells about twenty times a minute, though it passes
// several gates and is about several people.
func (p *Directory) Gate(ctx context.Context) context.Context {
	if ctx.Value(gateBegan{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, gateBegan{}, p.Now())
}

// person is who id is, as Slack said at a moment or later.
//
// Only an answer without open questions is kept: what Slack did not say now it may say in the next
// second.
func (p *Directory) person(ctx context.Context, id string, since time.Time) workflow.Person {
	rules := p.Policy()
	if got, ok := p.users.Get(id); ok && !got.at.Before(since) && got.policy.Same(rules) {
		return got.person
	}
	at := p.Now()
	user, err := p.user(ctx, id)
	if err != nil {
		p.Log.WarnContext(ctx, "cannot look up a person in Slack", "user", id, "err", err)
		why := policy.CannotTell("I can't look up " + id + " in Slack (" + webapi.Reason(err) + ")")
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

// throughAll asks whether user is meant by each of the members that no id settles. All at once:
// where Slack is slow, or says nothing, somebody waits for the slowest answer and not for all of
// them.
func (p *Directory) throughAll(ctx context.Context, members []policy.Member, user *slack.User, since time.Time) map[policy.Member]policy.Answer {
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

// user is what Slack says of id. That it knows nobody of that id is an answer, too: they are nobody
// here.
//
// user_not_found is a certain no and kept like one. An answer about another id is none: on
// Enterprise Grid a person has an id in the organisation and one in the workspace, and either may
// have been asked for; any third one is a mix-up that must not give anybody a role.
func (p *Directory) user(ctx context.Context, id string) (*slack.User, error) {
	var user *slack.User
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		user, err = p.API.GetUserInfoContext(ctx, id)
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

// errSomebodyElse is an answer that is about somebody else, or about nobody: it tells nothing of
// who was asked about.
var errSomebodyElse = slack.SlackErrorResponse{Err: "an answer about somebody else"}

// full tells whether user is a full member of this workspace: no guest, bot, stranger from a shared
// channel, or former member. On Enterprise Grid team_id is a person's home workspace, and
// enterprise_user.teams are all to which they belong
// (docs.slack.dev/reference/objects/user-object).
func (p *Directory) full(user *slack.User) bool {
	ours := user.TeamID == p.Team() || user.TeamID == "" || slices.Contains(user.Enterprise.Teams, p.Team())
	return ours && !user.IsRestricted && !user.IsUltraRestricted && !user.IsStranger && !user.IsBot && !user.IsAppUser &&
		!user.Deleted && user.ID != "USLACKBOT"
}

// through asks whether user is meant by m, a user group's id or a handle.
//
// Handles of groups and of people are two name spaces that Slack does not keep apart, so a handle
// is looked for in both. The group is asked first, for groups come with one call and names of
// people are a long list.
func (p *Directory) through(ctx context.Context, m policy.Member, user *slack.User, since time.Time) policy.Answer {
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

// ambiguous is the answer where a handle stands for a person and for a user group. It gives nobody
// a role, and takes nobody out of a rule either.
func ambiguous(m policy.Member) policy.Answer {
	return policy.CannotTell(string(m) + " is the name of both a person and a user group, so I can't tell which one the policy means")
}

// belongs asks whether a person belongs to a user group.
func (p *Directory) belongs(ctx context.Context, group, id string, since time.Time) policy.Answer {
	return p.membersOf(ctx, group, since).Ask(func(ids []string) bool { return slices.Contains(ids, id) })
}

// membersOf is who belongs to a user group.
//
// Also an answer that Slack did not give is kept, for silenceTTL: while Slack is away, each click
// would wait out its patience anew. One that nobody waited for is not: see gaveUp.
func (p *Directory) membersOf(ctx context.Context, group string, since time.Time) policy.Fact[[]string] {
	defer p.asking.Lock(group)()
	if got, ok := p.members.Get(group); ok && got.since(since, p.Now()) {
		return got.fact
	}
	at := p.Now()
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	var members []string
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		members, err = p.API.GetUserGroupMembersContext(ctx, group)
		return err
	})
	got := aged[[]string]{heard(members, err), at}
	if err != nil {
		p.Log.WarnContext(ctx, "cannot read a user group", "group", group, "err", err)
	}
	if !gaveUp(ctx, err) {
		p.members.Add(group, got)
	}
	return got.fact
}

// gaveUp tells whether a question has no answer because whoever asked it broke off, as a look before a run does that found its answer
// elsewhere. That is no silence of Slack's, and others who ask beside them must not be told so.
func gaveUp(ctx context.Context, err error) bool {
	return err != nil && errors.Is(ctx.Err(), context.Canceled)
}

// GroupHandle is how a user group is called, without the @; empty where Slack does not say.
func (p *Directory) GroupHandle(ctx context.Context, id string) string {
	all, _ := p.allGroups(ctx, p.Now().Add(-lookTTL)).Value()
	for _, g := range all {
		if g.ID == id {
			return g.Handle
		}
	}
	return ""
}

// Group is the user group with a handle, as Slack said within the last minute; false where there is
// none, or Slack does not say.
func (p *Directory) Group(ctx context.Context, handle string) (id string, found bool) {
	group, _ := p.group(ctx, handle, p.Now().Add(-lookTTL))
	return group.ID, group.ID != ""
}

// membersNow are the members of a user group, as far as Slack said within the last minute.
func (p *Directory) membersNow(ctx context.Context, group string) []string {
	members, _ := p.membersOf(ctx, group, p.Now().Add(-lookTTL)).Value()
	return members
}

// group is the user group with a handle, and whether there is one.
func (p *Directory) group(ctx context.Context, handle string, since time.Time) (group policy.Group, exists policy.Answer) {
	exists = p.allGroups(ctx, since).Ask(func(all []policy.Group) bool {
		i := slices.IndexFunc(all, func(g policy.Group) bool { return strings.EqualFold(g.Handle, handle) })
		if i >= 0 {
			group = all[i]
		}
		return i >= 0
	})
	return group, exists
}

// The lock is held during the call: all who need the list wait for the same one.
func (p *Directory) allGroups(ctx context.Context, since time.Time) policy.Fact[[]policy.Group] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups.since(since, p.Now()) {
		return p.groups.fact
	}
	at := p.Now()
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	var found []slack.UserGroup
	err := post.Retry(ctx, post.IfLost, func() (err error) {
		found, err = p.API.GetUserGroupsContext(ctx)
		return err
	})
	if err != nil {
		p.Log.WarnContext(ctx, "cannot list user groups", "err", err)
	}
	groups := make([]policy.Group, len(found))
	for i, g := range found {
		groups[i] = policy.Group{ID: g.ID, Handle: g.Handle}
	}
	got := aged[[]policy.Group]{heard(groups, err), at}
	if !gaveUp(ctx, err) {
		p.groups = got
	}
	return got.fact
}

// heard is what Slack said of user groups. That the workspace's plan has none is an answer; all
// else that it may say, such as that a scope is missing, is none
// (docs.slack.dev/reference/methods/usergroups.users.list). A group that there is no more is none,
// either: who was in it is not known, and a rule that denies them something must not be skipped
// because somebody removed the group.
func heard[T any](value T, err error) policy.Fact[T] {
	var none T
	switch {
	case err == nil:
		return policy.Known(value)
	case post.RefusedWith(err, "plan_upgrade_required", "paid_teams_only"):
		return policy.Known(none)
	}
	return policy.Unknown[T]("I can't read user groups (" + webapi.Reason(err) + ")")
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

// Obeyed tells whether the message of a bot, which it sent as a user, is a command: where it speaks
// for itself, as a bot user whom a role names by its id. A person's name over an app's words is
// nobody's word.
//
// Both ids of a bot are compared, since an app may post under any name and picture, and the event
// names the bot_id besides the user.
func (p *Directory) Obeyed(ctx context.Context, as, bot string) bool {
	if !slices.Contains(p.Policy().Members(), policy.Member(as)) {
		return false
	}
	user, err := p.API.GetUserInfoContext(ctx, as)
	if err != nil {
		p.Log.WarnContext(ctx, "cannot look up which bot wrote a message; ignoring the message", "user", as, "err", err)
		return false
	}
	its := user.Profile.BotID
	return user.IsBot && !user.Deleted && user.ID == as && (its == "" || bot == "" || its == bot)
}
