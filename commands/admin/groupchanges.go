package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func groupChangeCommands() []*catalog.Command {
	return []*catalog.Command{createGroup(), deleteGroup()}
}

// inheritance says whether a group has its site's policy. It is required, so that a form asks with
// a menu: nobody could tell a box that was left unticked from one that was overlooked.
type inheritance bool

// It is a menu, in which each answer says what it means for the group.
func (inheritance) Kind() catalog.Kind {
	k := catalog.BoolKind()
	k.Widget = render.Select
	k.Choices = []s1.Choice{{Value: "true", Label: "Yes: the policy of the site"}, {Value: "false", Label: "No: a policy of its own"}}
	yesOrNo := k.Read
	k.Read = func(typed string, in text.Input) (any, error) {
		for _, c := range k.Choices { // the catalog lists the menu's entries, so they can be typed as well
			if text.Squash(typed) == text.Squash(c.Label) {
				typed = c.Value
			}
		}
		return yesOrNo(typed, in)
	}
	return k
}

// Ignored is written by Plan: the outcome has to say that a policy was given, and by then it is
// gone from the arguments.
type createGroupParams struct {
	Name     string       `json:"name" help:"The name of the group, without < or >."`
	Site     s1.SiteID    `json:"site-id" help:"The site it belongs to."`
	Inherits inheritance  `json:"inherits" help:"Whether the group inherits its site's policy."`
	Policy   policyObject `json:"policy,omitzero" help:"The fields its own policy sets. Required if it doesn't inherit, ignored if it does."`
	Ignored  bool         `json:"ignored,omitzero" help:"-"` // a policy was given, and the group inherits
}

// A form asks for the policy once "No" is chosen.
func (p *createGroupParams) Together() []catalog.Together {
	return []catalog.Together{{Param: "policy", With: "inherits=false"}}
}

// The console refuses < and > in names.
func (p *createGroupParams) Check() error {
	switch {
	case strings.TrimSpace(p.Name) == "":
		return catalog.Wrong("name", "it is empty")
	case strings.ContainsAny(p.Name, "<>"):
		return catalog.Wrong("name", "a group name can't contain < or >")
	case bool(p.Inherits):
		return nil
	case len(p.Policy.RawMessage) == 0:
		return catalog.Missing("policy")
	}
	return settablePolicy(p.Policy)
}

// settablePolicy checks what is known of a new policy without asking. autoImmuneOn must be true by
// the console's own schema.
func settablePolicy(policy policyObject) error {
	asked := map[string]json.RawMessage{}
	paths("", policy.RawMessage, asked)
	for path, value := range asked {
		if err := allowed(path, catalog.Word(value)); err != nil {
			return err
		}
	}
	if value, given := asked["autoImmuneOn"]; given && catalog.Word(value) != "true" {
		return catalog.Wrong("policy", "autoImmuneOn can only be true")
	}
	return nil
}

// plan.Policy makes it a policy update for the bot's rules: it always needs an approval, though
// create-group is a change.
func (p *createGroupParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	site, err := lookup.SiteNamed(ctx, call, "site-id", p.Site)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Site = site.ID
	plan := catalog.Plan{
		Targets: []catalog.Target{lookup.SiteDirectory().Target(call, site)},
		About:   []string{p.Name},
		Facts:   []catalog.Fact{{Label: "New group", Value: p.Name}, {Label: "Policy", Value: map[bool]string{true: "inherited from the site", false: "its own"}[bool(p.Inherits)]}},
		Undo:    "Delete the group",
	}
	switch {
	case !bool(p.Inherits):
		plan.Policy = true
		err = p.compare(ctx, call, &plan)
	case len(p.Policy.RawMessage) > 0:
		p.Policy, p.Ignored = policyObject{}, true
		plan.Notes = append(plan.Notes, "The given policy is ignored because the group inherits.")
	}
	return plan, err
}

// compare adds to the plan in what the group's policy differs from its site's, or from the global
// one where the site's cannot be read. Where neither can, what is set is shown for itself. A group
// starts from its site's policy, so that is what the differences mean. A site's policy that cannot
// be read stops nothing here, because the approver sees each field that is set.
func (p *createGroupParams) compare(ctx context.Context, call *catalog.Call, plan *catalog.Plan) error {
	base, err := call.Console.SitePolicy(ctx, p.Site)
	told := "Compared with the policy of the site."
	if err != nil {
		base, err = call.Console.GlobalPolicy(ctx)
		told = "Compared with the global policy, because I couldn't read the site's."
	}
	if err != nil {
		base, told = s1.Policy{}, "I couldn't read the site's policy, so there's nothing to compare with."
	}
	changes, err := base.Changes(p.Policy.RawMessage)
	if err != nil {
		return catalog.Wrong("policy", "%s", err)
	}
	plan.Notes = append(plan.Notes, told)
	addChanges(plan, flatWindow(base, changes))
	if len(plan.Changes) == 0 {
		plan.Notes = append(plan.Notes, "There are no differences.")
	}
	return nil
}

// flatWindow finds the old values of the switches of the agent's window: new policies have them at
// the top, the console's answers in a part of their own.
func flatWindow(base s1.Policy, changes []s1.PolicyField) []s1.PolicyField {
	has := map[string]json.RawMessage{}
	paths("", base.Raw, has)
	var differing []s1.PolicyField
	for _, c := range changes {
		if old, ok := has["agentUi."+c.Path]; ok && c.Old == "" {
			c.Path, c.Old = "agentUi."+c.Path, catalog.Word(old)
		}
		if c.Old != c.New {
			differing = append(differing, c)
		}
	}
	return differing
}

// POST /groups. The answer carries registrationToken, a secret with which machines join the group:
// it is never shown and never logged. Not Repeatable: a second call could make a second group.
func createGroup() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-group", Title: "Create Group", Area: "groups", Aliases: []string{"new-group"}, Main: "name",
		Wording: newGroupWording(),
		Risk:    catalog.Change, Needs: "Groups › View + Create", Undo: "delete-group",
		Doc: "Creates a group of endpoints in a site, with the site's policy or one of its own.",
		Examples: []string{"create-group name=Kiosks site-id=Paris inherits=true",
			`create-group name=Lab site-id=1392053568582758390 inherits=false policy={"mitigationMode":"detect","autoImmuneOn":true,"agentUiOn":true}`},
	}, func(ctx context.Context, call *catalog.Call, p createGroupParams) (render.Card, error) {
		group, err := call.Console.CreateGroup(ctx, s1.NewGroup{Name: p.Name, Site: p.Site, Inherits: bool(p.Inherits), Policy: p.Policy.RawMessage})
		if err != nil {
			return render.Card{}, fmt.Errorf("create group %s: %w", text.Quote(p.Name), err)
		}
		made := []change.Made[s1.GroupID]{{ID: group.ID, Name: cmp.Or(group.Name, p.Name)}}
		return change.Visible(createdGroup(call, p, group), made, func(ids []s1.GroupID) ([]s1.Group, error) {
			return s1.Collect(s1.Take(call.Console.Groups(ctx, s1.Query{}.With("groupIds", string(ids[0]))), 1))
		}, func(g s1.Group) s1.GroupID { return g.ID }), nil
	})
}

// createdGroup shows the new group, and offers to fill it. The token with which machines join it is
// never shown.
func createdGroup(call *catalog.Call, p createGroupParams, g s1.Group) render.Card {
	title := call.Command.Title
	name := cmp.Or(g.Name, p.Name)
	policy := "its own"
	if bool(p.Inherits) {
		policy = "inherited from the site"
	}
	card := render.Card{
		Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + name,
		Parts: []render.Part{
			render.Line{render.Text("The group "), render.Link(name, call.Console.GroupURL(g.ID)), render.Text(" was created.")},
			render.Fields{
				{Label: "Type", Value: render.Line{render.Text(cmp.Or(g.Type, "static"))}}, {Label: "Policy", Value: render.Line{render.Text(policy)}},
				{Label: "Id", Value: render.Line{render.Mono(string(g.ID))}}, {Label: "Site id", Value: render.Line{render.Mono(string(p.Site))}},
			},
		},
	}
	if p.Ignored {
		card.Parts = append(card.Parts, render.Note{render.Text("inherits=true: the given policy was ignored. The group has its site's policy.")})
	}
	if g.ID.Valid() {
		card.Actions = []render.Action{
			render.Button{Label: "Move endpoints into it", Do: catalog.Invocation{Command: "move-agents", Args: catalog.Marshal(map[string]any{"group-id": g.ID}), How: render.Open}},
			render.Button{Label: "Open in console", URL: call.Console.GroupURL(g.ID)},
		}
	}
	return card
}

type deleteGroupParams struct {
	Groups []s1.GroupID `json:"group-ids" help:"The groups to delete."`
}

// All that is in the group feels it: its endpoints get another policy. So the groups are in Also as
// whole places, beside being the targets.
func (p *deleteGroupParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	groups, err := lookup.GroupDirectory().All(ctx, call, "group-ids", catalog.Convert[string](p.Groups))
	if err != nil {
		return catalog.Plan{}, err
	}
	plan, members := catalog.Plan{Targets: catalog.TargetsOf(call, groups, groupsIn(siteNamesOf(ctx, call, groups)))}, 0
	p.Groups = nil
	for _, g := range groups {
		members += g.TotalAgents
		plan.Add(catalog.Whole("group", g.ID))
		p.Groups = append(p.Groups, g.ID)
	}
	plan.Notes = append(plan.Notes, "The group and its policy are gone for good.")
	if members > 0 {
		plan.Notes = append(plan.Notes, text.Plural(members, "endpoint")+" will move to "+text.Agree(members, "a dynamic group that it matches", "dynamic groups they match")+" or to the site's default group, and get its policy.")
	}
	return plan, nil
}

// groupsIn makes targets of groups, with the names of their sites. The warning for a default group
// stands there before somebody approves.
func groupsIn(sites map[s1.SiteID]string) func(*catalog.Call, s1.Group) catalog.Target {
	return func(call *catalog.Call, g s1.Group) catalog.Target {
		t := lookup.GroupTarget(call, g)
		t.Site, t.URL = cmp.Or(sites[g.SiteID], t.Site), call.Console.GroupURL(g.ID)
		if g.IsDefault {
			t.Warnings = append(t.Warnings, "default group of its site, which can't be deleted")
		}
		return t
	}
}

// siteNamesOf names the sites of groups, which a group knows by id only. Without the names there
// are still the ids.
func siteNamesOf(ctx context.Context, call *catalog.Call, groups []s1.Group) map[s1.SiteID]string {
	var ids []string
	for _, g := range groups {
		if g.SiteID.Valid() {
			ids = catalog.AppendNew(ids, string(g.SiteID))
		}
	}
	return sitesByID(ctx, call, ids)
}

// sitesByID are the names of sites, as far as the token may see them.
func sitesByID(ctx context.Context, call *catalog.Call, ids []string) map[s1.SiteID]string {
	if len(ids) == 0 {
		return nil
	}
	sites, err := lookup.SiteDirectory().ByID(ctx, call, ids)
	if err != nil {
		return nil
	}
	names := map[s1.SiteID]string{}
	for _, s := range sites {
		names[s.ID] = s.Name
	}
	return names
}

// DELETE /groups/{id}, one call for each. Repeatable: a second call finds nothing to delete.
func deleteGroup() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "delete-group", Title: "Delete Group", Area: "groups", Aliases: []string{"delete-groups", "remove-group"}, Main: "group-ids",
		Wording: deleteGroupWording(),
		Risk:    catalog.Destructive, Needs: "Groups › View + Delete", Repeatable: true,
		Doc:      "Deletes groups. Their endpoints move to other groups of the site and get those groups' policies.",
		Examples: []string{`delete-group Kiosks reason="no longer needed"`, `delete-group group-ids=951000000000000939,952000000000000906 reason="merged"`},
	}, func(ctx context.Context, call *catalog.Call, p deleteGroupParams) (render.Card, error) {
		groups, err := lookup.GroupDirectory().ByID(ctx, call, catalog.Convert[string](p.Groups)) // afterwards they have no names
		c := change.Outcome{Noun: "group", Done: "deleted", Targets: change.Known(call, "group", p.Groups, groups, groupsIn(siteNamesOf(ctx, call, groups)))}
		if err != nil {
			c.Notes = []string{"I couldn't read the names of the groups."}
		}
		return eachOf(call, c, func(t catalog.Target) error { return call.Console.DeleteGroup(ctx, s1.GroupID(t.ID)) })
	})
}

// eachOf does what takes a call for each thing, and tells what became of each. Where nothing could
// be done that is an error, or, of several things, a failure that names them. Unlike
// change.OneByOne it goes on after a refusal of the first, since another group may lie in another
// scope.
func eachOf(call *catalog.Call, c change.Outcome, do func(catalog.Target) error) (render.Card, error) {
	var first error
	c.States = map[string]string{}
	for _, t := range c.Targets {
		err := do(t)
		if err == nil {
			c.Result.Affected++
			c.States[t.ID] = c.Done
			continue
		}
		if first == nil {
			first = err
		}
		c.Result.Skipped = append(c.Result.Skipped, s1.Skip{ID: t.ID, Reason: refusal.ProblemWords(err)})
	}
	var refused *s1.Error
	switch {
	case c.Result.Affected > 0:
		return c.Card(call), nil
	case len(c.Targets) == 1 || !errors.As(first, &refused):
		return render.Card{}, first
	}
	card := render.Failure(call.Command.Title, refused.Status, refused.Message, "")
	card.Parts = append(card.Parts, c.Table())
	return card, nil
}
