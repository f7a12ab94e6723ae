package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/bot/webapi"
	"s1bot/commands/text"
)

// Whom the members of roles stand for, each looked up by itself: for `s1bot check`, and for the
// operators while the bot runs (rolewatch.go). A gate asks the other way round, whether one person
// is meant: see directory.go.

// An unreadError says that Slack could not be asked about a member, which is no fault of the
// policy's.
type unreadError struct{ error }

func (e unreadError) Unwrap() error { return e.error }

// memberLookup is what Slack says of the whole workspace, read once for all members.
//
// It asks patiently and once, for nobody waits in front of it: a check and the watch over roles
// take minutes if Slack wants that.
type memberLookup struct {
	api       *slack.Client
	groups    []slack.UserGroup
	groupsErr error
	names     map[string]namesake
	namesErr  error
}

// A Finding is what a member of a role stands for, or, in Err, why it stands for nobody and what to
// do about it.
type Finding struct {
	Member policy.Member
	Note   string
	Err    error
}

// LookUp is a finding for each member of a role: a name that stands for nobody, or for two, has an
// error that says what to do.
func LookUp(ctx context.Context, api *slack.Client, members []policy.Member) []Finding {
	l := memberLookup{api: api}
	if slices.ContainsFunc(members, func(m policy.Member) bool { return m.Group() || m.Handle() != "" }) {
		l.groupsErr = webapi.Probe(ctx, func() (err error) {
			l.groups, err = api.GetUserGroupsContext(ctx)
			return err
		})
	}
	if slices.ContainsFunc(members, func(m policy.Member) bool { return m.Handle() != "" }) {
		l.names, l.namesErr = newRoster(api, time.Now, slog.New(slog.DiscardHandler)).list(ctx)
	}
	var findings []Finding
	for _, m := range members {
		found := Finding{Member: m}
		found.Note, found.Err = l.whom(ctx, m)
		findings = append(findings, found)
	}
	return findings
}

// LookUpMentions is a finding for each whom a route mentions. A handle is a user group's there, as
// it is when something is delivered: people are mentioned by their ids.
func LookUpMentions(ctx context.Context, api *slack.Client, mentions []policy.Member) []Finding {
	l := memberLookup{api: api}
	if slices.ContainsFunc(mentions, func(m policy.Member) bool { return m.Group() || m.Handle() != "" }) {
		l.groupsErr = webapi.Probe(ctx, func() (err error) {
			l.groups, err = api.GetUserGroupsContext(ctx)
			return err
		})
	}
	var findings []Finding
	for _, m := range mentions {
		found := Finding{Member: m}
		found.Note, found.Err = l.mentioned(ctx, m)
		findings = append(findings, found)
	}
	return findings
}

// mentioned tells who hears a mention.
func (l *memberLookup) mentioned(ctx context.Context, m policy.Member) (string, error) {
	i := slices.IndexFunc(l.groups, func(g slack.UserGroup) bool {
		return g.ID == string(m) || m.Handle() != "" && strings.EqualFold(g.Handle, m.Handle())
	})
	switch {
	case !m.Group() && m.Handle() == "":
		return l.mentionedPerson(ctx, string(m))
	case post.RefusedWith(l.groupsErr, "plan_upgrade_required", "paid_teams_only"):
		return "", errors.New("this workspace's plan has no user groups, so nobody is mentioned: mention a person by their id (U…)")
	case l.groupsErr != nil:
		return "", unreadError{webapi.Advise(l.groupsErr, "the bot needs the scope usergroups:read")}
	case i < 0:
		return "", errors.New("no user group has this name, or it is disabled, so nobody is mentioned: check the group's handle; mention a person by their id (U…)")
	}
	return "user group @" + l.groups[i].Handle, nil
}

// user asks Slack who has an id.
func (l *memberLookup) user(ctx context.Context, id string) (user *slack.User, err error) {
	err = webapi.Probe(ctx, func() (err error) {
		user, err = l.api.GetUserInfoContext(ctx, id)
		return err
	})
	return user, err
}

func (l *memberLookup) mentionedPerson(ctx context.Context, id string) (string, error) {
	user, err := l.user(ctx, id)
	switch {
	case post.RefusedWith(err, "user_not_found", "users_not_found", "user_not_visible"):
		return "", errors.New("nobody has this id, so nobody is mentioned: check the id in the policy file's route")
	case err != nil:
		return "", unreadError{webapi.Advise(err, "the bot needs the scope users:read")}
	case user.Deleted:
		return "", fmt.Errorf("%s is deactivated, so nobody is mentioned: name somebody else in the policy file's route", displayName(user))
	}
	return displayName(user), nil
}

// whom tells for whom a member stands.
func (l *memberLookup) whom(ctx context.Context, m policy.Member) (string, error) {
	switch {
	case m == policy.Everyone:
		return "every full member", nil
	case m.Group():
		return l.group(ctx, func(g slack.UserGroup) bool { return g.ID == string(m) })
	case m.Handle() != "":
		return l.handle(ctx, m)
	}
	return l.person(ctx, string(m))
}

// person is who has an id.
func (l *memberLookup) person(ctx context.Context, id string) (string, error) {
	user, err := l.user(ctx, id)
	switch {
	case post.RefusedWith(err, "user_not_found", "users_not_found", "user_not_visible"):
		return "", errors.New("nobody has this id, so nobody gets a role from it: check the id, or take it out of the settings or the policy file")
	case err != nil:
		return "", unreadError{webapi.Advise(err, "the bot needs the scope users:read")}
	case user.Deleted:
		return "", fmt.Errorf("%s is deactivated and no longer has a role: take the id out of the settings or the policy file", displayName(user))
	}
	return displayName(user), nil
}

// handle is for whom an @handle stands: one person or one group, or it gives nobody a role.
//
// The order of the cases: what is certain first (both exist), then what could not be read, which
// leaves everything below open, and only then the ways to exist once or not at all.
func (l *memberLookup) handle(ctx context.Context, m policy.Member) (string, error) {
	isIt := func(g slack.UserGroup) bool { return strings.EqualFold(g.Handle, m.Handle()) }
	isGroup := slices.ContainsFunc(l.groups, isIt)
	name, isPerson := l.names[strings.ToLower(m.Handle())]
	noGroups := post.RefusedWith(l.groupsErr, "plan_upgrade_required", "paid_teams_only")
	switch {
	case isGroup && name.active:
		return "", errors.New("a person and a user group have this name, so nobody gets a role from it: use the id instead, U… for the person or S… for the group")
	case l.groupsErr != nil && !noGroups:
		return l.group(ctx, isIt) // which says why
	case l.namesErr != nil:
		return "", unreadError{webapi.Advise(l.namesErr, "the bot needs the scope users:read")}
	case isGroup:
		return l.group(ctx, isIt)
	case name.active:
		return "a person's user name", nil
	case isPerson:
		return "", errors.New("whoever has this name is deactivated and no longer has a role: take it out of the settings or the policy file")
	}
	return "", errors.New("neither a person nor a user group has this name, so nobody gets a role from it: check the spelling, or take it out of the settings or the policy file")
}

// group is a user group that has somebody in it.
//
// An empty group is an error here and not at a gate: to the gate nobody is in it, which is an
// answer, while whoever wrote the policy meant somebody.
func (l *memberLookup) group(ctx context.Context, isIt func(slack.UserGroup) bool) (string, error) {
	i := slices.IndexFunc(l.groups, isIt)
	switch {
	case post.RefusedWith(l.groupsErr, "plan_upgrade_required", "paid_teams_only"):
		return "", errors.New("this workspace's plan has no user groups, so nobody gets a role from it: name people by their id (U…)")
	case l.groupsErr != nil:
		return "", unreadError{webapi.Advise(l.groupsErr, "the bot needs the scope usergroups:read")}
	case i < 0:
		return "", errors.New("there is no such user group, or it is disabled, so nobody gets a role from it: check the id, or take it out of the settings or the policy file")
	}
	var members []string
	err := webapi.Probe(ctx, func() (err error) {
		members, err = l.api.GetUserGroupMembersContext(ctx, l.groups[i].ID)
		return err
	})
	switch {
	case err != nil:
		return "", unreadError{webapi.Advise(err, "the bot needs the scope usergroups:read")}
	case len(members) == 0:
		return "", fmt.Errorf("the user group @%s has nobody in it, so nobody gets a role from it: add people to it in Slack, or take it out of the settings or the policy file", l.groups[i].Handle)
	}
	return fmt.Sprintf("user group @%s, %s", l.groups[i].Handle, text.Plural(len(members), "member")), nil
}
