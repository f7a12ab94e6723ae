package people

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

// A name of the policy that stands for nobody, or a scope that the app lost, gives nobody a role,
// and nobody notices until they need it. The operators hear of it once, in the approvals channel,
// and once when it is mended. What they heard stands in the audit trail, so that a restart or
// another process says it no second time.

const (
	rolesEvery = 30 * time.Minute
	rolesLimit = 5 * time.Minute // for one look at all members
	rolesTold  = "roles told"    // the action of the audit trail
)

// A Trail is the audit trail, where stands what operators heard of roles.
type Trail interface {
	Audit(ctx context.Context, q approvals.AuditQuery) (approvals.Trail, error)
	Note(ctx context.Context, by policy.Person, action string, details map[string]any) error
}

// A Finder looks for messages of ours by their key; see chat.Channels.
type Finder interface {
	Find(ctx context.Context, channel, thread, key string, since time.Time) ([]string, error)
}

// A RoleWatch tells operators which members of roles stand for nobody.
//
// It needs no lock and no state: what was told is in the trail, and what is wrong is found anew
// each time.
type RoleWatch struct {
	Directory *Directory
	Operators *Operators
	Finder    Finder
	Trail     Trail
	Tick      time.Duration // between looks at whether the policy is another one
}

// Run looks at the members of all roles when the bot starts, when the policy changes, and from time
// to time, until ctx ends.
func (w *RoleWatch) Run(ctx context.Context) {
	var last policy.Policy
	for at := (time.Time{}); ; {
		if now, policy := w.Directory.Now(), w.Directory.Policy(); !policy.Same(last) || now.Sub(at) >= rolesEvery {
			last, at = policy, now
			if err := w.report(ctx, policy); err != nil && ctx.Err() == nil {
				w.Directory.Log.WarnContext(ctx, "cannot tell the operators what is wrong with the roles", "err", err)
			}
		}
		if !post.Sleep(ctx, w.Tick) {
			return
		}
	}
}

// report tells what is new about the members of roles.
//
// Post first, note second: a process that dies between the two leaves a card without a note, and
// the next look finds the card by its key. The other way round a crash would leave operators
// untold.
func (w *RoleWatch) report(ctx context.Context, rules policy.Policy) error {
	ctx, cancel := context.WithTimeout(ctx, rolesLimit)
	defer cancel()
	known, times, err := w.reported(ctx)
	if err != nil {
		return err
	}
	wrong := w.wrongRoles(ctx, rules, known)
	fresh, mended := maps.Clone(wrong), maps.Clone(known)
	maps.DeleteFunc(fresh, func(k, _ string) bool { return known[k] != "" })
	maps.DeleteFunc(mended, func(k, _ string) bool { return wrong[k] != "" })
	if len(fresh)+len(mended) == 0 {
		return nil
	}
	w.Directory.Log.WarnContext(ctx, "some role members have no effect", "new", fresh, "mended", mended)
	w.postToOperators(ctx, rules.Channel(), fmt.Sprintf("roles %d %s", times, rolesKey(wrong)), rolesCard(fresh, mended))
	return w.Trail.Note(ctx, policy.Person{}, rolesTold, map[string]any{"wrong": wrong})
}

// rolesKey names what is wrong with roles.
//
// The key has the number of the telling in it as well: what was mended and breaks again in the same
// way is news.
func rolesKey(wrong map[string]string) string {
	sum := sha256.New()
	for _, member := range slices.Sorted(maps.Keys(wrong)) {
		fmt.Fprintf(sum, "%s\n%s\n", member, wrong[member])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// postToOperators tells operators, unless a card with the key is in the approvals channel from the
// last day: a process that died may have posted it.
func (w *RoleWatch) postToOperators(ctx context.Context, channel, key string, card render.Card) {
	if channel == "" {
		w.Operators.Show(ctx, card)
		return
	}
	if found, err := w.Finder.Find(ctx, channel, "", key, w.Directory.Now().Add(-24*time.Hour)); err == nil && len(found) > 0 {
		return
	}
	if _, _, err := w.Operators.poster.Post(ctx, channel, "", key, card); err != nil {
		w.Directory.Log.WarnContext(ctx, "cannot post about roles to the approvals channel", "channel", channel, "err", err)
		w.Operators.Show(ctx, card)
	}
}

// wrongRoles is what is wrong with members of roles, by member. What Slack could not be asked about
// is as it was, but for a scope that the app lacks: that does not pass.
func (w *RoleWatch) wrongRoles(ctx context.Context, policy policy.Policy, known map[string]string) map[string]string {
	wrong := map[string]string{}
	for _, f := range LookUp(ctx, w.Directory.API, policy.Members()) {
		member := string(f.Member)
		var unread unreadError
		switch {
		case f.Err == nil:
		case !errors.As(f.Err, &unread):
			wrong[member] = f.Err.Error()
			continue
		case post.RefusedWith(f.Err, "missing_scope"):
			wrong["a scope of the app"] = "it is missing, so I can't tell who has a role (" + f.Err.Error() + ")"
		}
		if f.Err != nil && known[member] != "" {
			wrong[member] = known[member]
		}
	}
	return wrong
}

// reported is what the operators heard last, and how often they heard of roles.
//
// Only the last row counts. A row that cannot be read counts as nothing told: told twice is better
// than not at all.
func (w *RoleWatch) reported(ctx context.Context) (wrong map[string]string, times int, err error) {
	trail, err := w.Trail.Audit(ctx, approvals.AuditQuery{Action: rolesTold})
	if err != nil {
		return nil, 0, fmt.Errorf("read what operators were told about roles: %w", err)
	}
	for e, err := range trail.Entries {
		if err != nil {
			return nil, 0, fmt.Errorf("read what operators were told about roles: %w", err)
		}
		var report struct{ Wrong map[string]string }
		if json.Unmarshal(e.Detail, &report) != nil {
			report.Wrong = nil
		}
		wrong, times = report.Wrong, times+1
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
