package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// policyPlan compares what is to be set with what is, field by field. Where nothing differs there
// is nothing to ask anybody for, unless the policy was inherited: from then on its values are its
// own. Whether values differ is asked of s1.Policy, which compares JSON by value and not by
// spelling.
func policyPlan(current s1.Policy, wanted policyObject, inherits inheritance) (catalog.Plan, error) {
	if err := knownFields(current, wanted.RawMessage); err != nil {
		return catalog.Plan{}, err
	}
	changes, err := current.Changes(wanted.RawMessage)
	if err != nil {
		return catalog.Plan{}, catalog.Wrong("policy", "%s", err)
	}
	if len(changes) == 0 && !bool(inherits) {
		return catalog.Plan{}, catalog.AlreadySo("policy", "policy")
	}
	plan := catalog.Plan{Policy: true}
	if len(changes) == 0 {
		plan.Notes = []string{"⚠ No value changes. This only ends the inheritance: these values become the policy's own, and changes at a higher scope no longer reach it."}
		return plan, nil
	}
	plan.Undo = "Restore the old values"
	addChanges(&plan, changes)
	return plan, nil
}

// addChanges shows fields that change, and warns of those that weaken the protection.
func addChanges(plan *catalog.Plan, changes []s1.PolicyField) {
	weaker := 0
	for _, c := range changes {
		d := catalog.Diff{Field: c.Path, Old: c.Old, New: c.New, Weakens: weakens(c)}
		if d.Weakens {
			weaker++
		}
		plan.Changes = append(plan.Changes, d)
	}
	if weaker > 0 {
		plan.Notes = append(plan.Notes, "⚠ "+text.Plural(weaker, "change")+" will weaken protection.")
	}
}

// usualFields are those that consoles have, of the vendor's API document; some leave out of their
// answer what was never set. So a field of this list may be set though the answer lacks it; any
// other name that the policy does not have is a slip.
var usualFields = []string{
	"mitigationMode", "mitigationModeSuspicious", "autoMitigationAction", "antiTamperingOn", "snapshotsOn", "scanNewAgents",
	"networkQuarantineOn", "allowRemoteShell", "autoDecommissionOn", "autoDecommissionDays", "monitorOnWrite", "monitorOnExecute",
	"ioc", "engines", "engines.reputation", "engines.preExecution", "engines.preExecutionSuspicious", "engines.executables",
	"engines.dataFiles", "engines.exploits", "engines.penetration", "engines.pup", "engines.lateralMovement", "engines.remoteShell",
	"agentUi", "agentUi.agentUiOn", "agentUi.threatPopUpNotifications",
}

// knownFields refuses fields that the policy does not have, and values of another kind than it has:
// a slip must not look like a success. A 200 of the console does not say that every field of the
// body was read.
func knownFields(current s1.Policy, wanted json.RawMessage) error {
	has, asked := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	paths("", current.Raw, has)
	paths("", wanted, asked)
	for _, path := range slices.Sorted(maps.Keys(asked)) {
		now, known := has[path]
		if !known && !slices.Contains(usualFields, path) {
			e := catalog.Wrong("policy", "the policy has no field %s", path)
			e.Nearest = text.Nearest(path, slices.Sorted(maps.Keys(has)))
			return e
		}
		if was, is := typeOf(now), typeOf(asked[path]); was != is && was != "nothing" && is != "nothing" {
			return catalog.Wrong("policy", "%s takes %s, not %s", path, was, is)
		}
		if err := allowed(path, catalog.Word(asked[path])); err != nil {
			return err
		}
	}
	return nil
}

// allowed checks the fields whose values are few and known.
func allowed(path, value string) error {
	var err error
	switch {
	case path == "mitigationMode", path == "mitigationModeSuspicious":
		_, err = s1.ParseChoice[s1.MitigationMode](value)
	case strings.HasPrefix(path, "engines."):
		_, err = s1.ParseChoice[s1.OnOff](value)
	}
	if err != nil {
		return catalog.Wrong("policy", "%s: %s", path, err)
	}
	return nil
}

// paths collects the values of an object by path: "engines.reputation". An object and what is in it
// both count.
func paths(path string, raw json.RawMessage, into map[string]json.RawMessage) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return
	}
	for name, value := range fields {
		inner := strings.TrimPrefix(path+"."+name, ".")
		into[inner] = value
		paths(inner, value, into)
	}
}

// typeOf is the kind of a JSON value, in words for the person; null is "nothing", which fits every
// kind.
func typeOf(raw json.RawMessage) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0, raw[0] == 'n':
		return "nothing"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "a list"
	case raw[0] == '"':
		return "text"
	case raw[0] == 't', raw[0] == 'f':
		return "true or false"
	default:
		return "a number"
	}
}

// strength ranks the values of protections; what is not here says nothing about it. Protect and
// detect, on and off, the ladder of automatic actions: a number is only compared with another of
// the same field.
var strength = map[string]int{
	"false": 0, "off": 0, "disabled": 0, "null": 0, "detect": 1, "conservative": 1, "moderate": 2, "true": 3, "on": 3, "aggressive": 3, "protect": 3,
	"mitigation.none": 0, "mitigation.killThreat": 1, "mitigation.quarantineThreat": 2, "mitigation.remediateThreat": 3, "mitigation.rollbackThreat": 4,
}

// Fields whose higher value is the weaker protection, and fields that are none.
var (
	inverted = []string{"allowRemoteShell", "allowUnprotectedByApprovedProcess"}
	neutral  = []string{"agentUi", "autoDecommission", "agentNotification", "agentLogging"}
)

// weakens tells whether a change lowers the protection: from protect to detect, or a protection
// switched off. What cannot be ranked any more after the change counts as weaker: a value that
// nobody knows may be anything.
func weakens(c s1.PolicyField) bool {
	before, rankedBefore := strength[c.Old]
	after, rankedAfter := strength[c.New]
	switch {
	case slices.ContainsFunc(neutral, func(prefix string) bool { return strings.HasPrefix(c.Path, prefix) }):
		return false
	case !rankedBefore:
		return false
	case slices.Contains(inverted, c.Path):
		return after > before
	default:
		return !rankedAfter || after < before
	}
}

// fingerprint tells two states of a policy apart, by what can be set in it. What the console writes
// by itself (times, who changed it) is left out, or every look would be another policy.
func fingerprint(p s1.Policy) string {
	fields, err := catalog.Object(p.Raw)
	if err != nil {
		fields = map[string]json.RawMessage{}
	}
	for _, name := range readOnly {
		delete(fields, name)
	}
	for name, value := range fields {
		fields[name] = compacted(value)
	}
	sum := sha256.Sum256(catalog.Marshal(fields))
	return hex.EncodeToString(sum[:16])
}

// unset are the fields that are not as wanted. What is wanted was read before by the same rules, so
// its error cannot come here; an answer that is no policy lacks every field.
func unset(wanted json.RawMessage, is s1.Policy) []s1.PolicyField {
	unapplied, _ := is.Changes(wanted)
	return unapplied
}

// applyPolicy sets fields of a policy, if it is still the one that was shown when this was asked
// for. The console's answer tells whether they are set; where it does not, the policy is read
// again. back makes of the old values the arguments that set them again. Between the reading and
// the PUT another person may still change a field; the console has no condition for that, and the
// span is one call.
func applyPolicy(call *catalog.Call, was string, wanted policyObject, back func(policyObject) any,
	read func() (s1.Policy, error), update func(json.RawMessage) (s1.Policy, error)) (render.Card, error) {
	before, err := read()
	if err != nil {
		return render.Card{}, err
	}
	if fingerprint(before) != was {
		e := catalog.Wrong("policy", "the policy has changed since this was requested")
		e.Hint = "nothing was set; request it again to see what would change now"
		return render.Card{}, e
	}
	changes, err := before.Changes(wanted.RawMessage)
	if err != nil {
		return render.Card{}, catalog.Wrong("policy", "%s", err)
	}
	after, err := update(wanted.RawMessage)
	if err != nil {
		return render.Card{}, err
	}
	unapplied := unset(wanted.RawMessage, after)
	if len(unapplied) > 0 {
		if again, err := read(); err == nil {
			unapplied = unset(wanted.RawMessage, again)
		}
	}
	card := policyOutcome(call, changes, unapplied)
	if old := valuesBefore(before.Raw, wanted.RawMessage); len(changes) > len(unapplied) && len(old) > 0 {
		card.Actions = change.OldValuesButton(call, catalog.Marshal(back(policyObject{catalog.Marshal(old)})))
	}
	card.Actions = append(card.Actions, openConsole(call))
	return card, nil
}

// valuesBefore are the values that the fields to be set had. A field that had no value before
// cannot be set back and is left out.
func valuesBefore(before, wanted json.RawMessage) map[string]json.RawMessage {
	var had, asked map[string]json.RawMessage
	if json.Unmarshal(before, &had) != nil || json.Unmarshal(wanted, &asked) != nil {
		return nil
	}
	old := map[string]json.RawMessage{}
	for name, value := range asked {
		inner := valuesBefore(had[name], value)
		switch {
		case len(inner) > 0:
			old[name] = catalog.Marshal(inner)
		case inner == nil && !catalog.IsEmpty(had[name]):
			old[name] = compacted(had[name])
		}
	}
	return old
}

// policyOutcome tells which fields are as they were wanted. No field left to set, and none changed:
// that is an inheritance that was ended on purpose.
func policyOutcome(call *catalog.Call, changes, unapplied []s1.PolicyField) render.Card {
	title := call.Command.Title
	set := len(changes) - len(unapplied)
	table := render.Table{Columns: []render.Column{{Title: "Field"}, {Title: "Old"}, {Title: "New"}, {Title: "Result"}}}
	for _, c := range changes {
		result := "set"
		if slices.ContainsFunc(unapplied, func(l s1.PolicyField) bool { return l.Path == c.Path }) {
			result = "not set"
		}
		table.Rows = append(table.Rows, []render.Line{{render.Mono(c.Path)}, {render.Text(c.Old)}, {render.Text(c.New)}, {render.Text(result)}})
	}
	if len(changes) == 0 {
		words := "Every field has the requested value."
		return render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words, Parts: []render.Part{render.Line{render.Text(words)}}}
	}
	if set <= 0 {
		card := render.Failure(title, http.StatusOK, "The console changed nothing.", "The policy is unchanged. A higher scope may forbid the change.")
		card.Parts = append(card.Parts, table)
		return card
	}
	words := fmt.Sprintf("%d of %s set", set, text.Plural(len(changes), "field"))
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words, Parts: []render.Part{render.Line{render.Text(words + ".")}, table}}
	if len(unapplied) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card
}
