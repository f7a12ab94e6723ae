package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/render"
)

// A name of the policy that stands for nobody, or a scope that the app lost, gives nobody a role, and nobody notices until they need it.
// The operators hear of it once, in the approvals channel, and once when it is mended. What they heard stands in the audit trail, so
// that a restart or another process says it no second time.

const (
	rolesEvery = 30 * time.Minute
	rolesLimit = 5 * time.Minute // for one look at all members
	rolesTold  = "roles told"    // the action of the audit trail
)

// watchRoles looks at the members of all roles when the bot starts, when the policy changes, and from time to time.
func (b *Bot) watchRoles(ctx context.Context) {
	var last policy.Policy
	for at := (time.Time{}); ; {
		if now, policy := b.Now(), b.Policy(); !policy.Same(last) || now.Sub(at) >= rolesEvery {
			last, at = policy, now
			if err := b.heedRoles(ctx, policy); err != nil && ctx.Err() == nil {
				b.Log.Warn("the operators cannot be told of what is wrong with roles", "err", err)
			}
		}
		if !post.Sleep(ctx, b.Tick) {
			return
		}
	}
}

// heedRoles tells what is new about the members of roles.
func (b *Bot) heedRoles(ctx context.Context, rules policy.Policy) error {
	ctx, cancel := context.WithTimeout(ctx, rolesLimit)
	defer cancel()
	told, times, err := b.rolesTold(ctx)
	if err != nil {
		return err
	}
	wrong := b.wrongRoles(ctx, rules, told)
	fresh, mended := maps.Clone(wrong), maps.Clone(told)
	maps.DeleteFunc(fresh, func(k, _ string) bool { return told[k] != "" })
	maps.DeleteFunc(mended, func(k, _ string) bool { return wrong[k] != "" })
	if len(fresh)+len(mended) == 0 {
		return nil
	}
	b.Log.Warn("members of roles that give nobody a role", "new", fresh, "mended", mended)
	b.postToOperators(ctx, rules.Channel(), fmt.Sprintf("roles %d %s", times, rolesKey(wrong)), rolesCard(fresh, mended))
	return b.Ledger.Note(ctx, policy.Person{}, rolesTold, map[string]any{"wrong": wrong})
}

// rolesKey names what is wrong with roles.
func rolesKey(wrong map[string]string) string {
	sum := sha256.New()
	for _, member := range slices.Sorted(maps.Keys(wrong)) {
		fmt.Fprintf(sum, "%s\n%s\n", member, wrong[member])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// postToOperators tells operators, unless a card with the key is in the approvals channel from the last day: a process that died may have
// posted it.
func (b *Bot) postToOperators(ctx context.Context, channel, key string, card render.Card) {
	if channel == "" {
		b.toOperators(ctx, card)
		return
	}
	if found, err := b.Find(ctx, channel, "", key, b.Now().Add(-24*time.Hour)); err == nil && len(found) > 0 {
		return
	}
	if _, _, err := b.post.Post(ctx, channel, "", key, card); err != nil {
		b.Log.Warn("cannot post about roles to the approvals channel", "channel", channel, "err", err)
		b.toOperators(ctx, card)
	}
}

// wrongRoles is what is wrong with members of roles, by member. What Slack could not be asked about is as it was, but for a scope that
// the app lacks: that does not pass.
func (b *Bot) wrongRoles(ctx context.Context, policy policy.Policy, told map[string]string) map[string]string {
	wrong, members := map[string]string{}, policy.Members()
	for i, f := range lookUpMembers(ctx, b.api, members) {
		member := string(members[i])
		var unread unreadError
		switch {
		case f.Err == nil:
		case !errors.As(f.Err, &unread):
			wrong[member] = f.Err.Error()
			continue
		case post.RefusedWith(f.Err, "missing_scope"):
			wrong["a scope of the app"] = "it is missing, so I can't tell who has a role (" + f.Err.Error() + ")"
		}
		if f.Err != nil && told[member] != "" {
			wrong[member] = told[member]
		}
	}
	return wrong
}

// rolesTold is what the operators heard last, and how often they heard of roles.
func (b *Bot) rolesTold(ctx context.Context) (wrong map[string]string, times int, err error) {
	trail, err := b.Ledger.Audit(ctx, approvals.AuditQuery{Action: rolesTold})
	if err != nil {
		return nil, 0, fmt.Errorf("read what operators were told of roles: %w", err)
	}
	for e, err := range trail.Entries {
		if err != nil {
			return nil, 0, fmt.Errorf("read what operators were told of roles: %w", err)
		}
		var told struct{ Wrong map[string]string }
		if json.Unmarshal(e.Detail, &told) != nil {
			told.Wrong = nil
		}
		wrong, times = told.Wrong, times+1
	}
	return wrong, times, nil
}

// rolesCard tells operators what gives nobody a role, and what does again.
func rolesCard(fresh, mended map[string]string) render.Card {
	card := render.Card{Tone: render.Warning, Title: "Some role members have no effect", Text: "Some role members have no effect"}
	if len(fresh) == 0 {
		card.Tone, card.Title, card.Text = render.Good, "All role members have an effect again", "All role members have an effect again"
	}
	for _, member := range slices.Sorted(maps.Keys(fresh)) {
		card.Parts = append(card.Parts, render.Line{render.Mono(member), render.Text(": " + render.Sentence(fresh[member]))})
	}
	for _, member := range slices.Sorted(maps.Keys(mended)) {
		card.Parts = append(card.Parts, render.Line{render.Mono(member), render.Text(": this works again.")})
	}
	if len(fresh) > 0 {
		card.Parts = append(card.Parts, render.Note{render.Text("I'll say this only once. Run `s1bot check` to test them all.")})
	}
	return card
}
